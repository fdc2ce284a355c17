"""JSON Schemas of the rule files, for editors.

An editor with a YAML language server completes and checks a rule file whose first line names its schema:

    # yaml-language-server: $schema=../schema/trial.schema.json

The schemas in `schema/` are made from the grammar: `python -m trialsieve.rules.json_schema` writes them anew. They know
the shape of a file; what names refer to, and whether quotes are verbatim, only `trialsieve lint` can tell.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from trialsieve.rules.concept_files import ConceptsFile
from trialsieve.rules.grammar_files import FindingFile, SiteFile, TrialFile

FOLDER = Path(__file__).resolve().parent / "schema"

_MODELS: dict[str, tuple[type[BaseModel], str]] = {
    "trial.schema.json": (TrialFile, "A clinical trial's eligibility criteria as rules"),
    "finding.schema.json": (FindingFile, "A clinical inference shared by trials"),
    "concepts.schema.json": (ConceptsFile, "Value sets: which codes mean which clinical concept"),
    "site.schema.json": (SiteFile, "A site's own settings"),
}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each kind of rule file, by the name of its file."""
    made: dict[str, dict[str, Any]] = {}
    for name, (model, title) in _MODELS.items():
        schema = model.model_json_schema(by_alias=True, mode="validation")
        made[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    return made


def text_of(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write the schemas to where they are shipped."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / name).write_text(text_of(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
