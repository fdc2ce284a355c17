"""The JSON Schemas that editors read are those of the grammar, and the shipped rule files hold to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from trialsieve.rules.json_schema import FOLDER, schemas, text_of
from trialsieve.rules.yaml_source import read_yaml

SCHEMAS = schemas()
RULES = FOLDER.parent
SHIPPED = [
    (path, schema)
    for folder, schema in (("trials", "trial"), ("findings", "finding"), ("concepts", "concepts"))
    for path in sorted((RULES / folder).glob("*.yaml"))
]


def errors(name: str, data: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMAS[f"{name}.schema.json"])
    return [error.message for error in validator.iter_errors(data)]


def test_the_shipped_schemas_are_current() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(SCHEMAS)
    for name, schema in SCHEMAS.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text_of(schema), "python -m trialsieve.rules.json_schema"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_each_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("path", "schema"), SHIPPED, ids=lambda value: getattr(value, "name", value))
def test_shipped_rule_files_hold_to_their_schema(path: Path, schema: str) -> None:
    assert errors(schema, read_yaml(path.name, path.read_text(encoding="utf-8")).data) == []


ATOM = {"id": "a", "recorded": "dx.cough", "timing": "ever"}
FINDING = {"finding": "f", "title": "F", "true_when": "a", "atoms": [ATOM]}


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "F"},
        {"title": 3},
        {"atoms": []},
        {"atoms": [{**ATOM, "timing": "sometimes"}]},
        {"atoms": [{**ATOM, "judgement": True}]},
        {"atoms": [{"id": "a"}]},
        {"true_when": {"all": ["a"], "any": ["a"]}},
        {"atoms": [{"id": "a", "recorded": "dx.cough", "within": "half a year"}]},
    ],
)
def test_the_schema_refuses_what_is_misspelt(change: dict[str, Any]) -> None:
    assert errors("finding", FINDING) == []
    assert errors("finding", {**FINDING, **change})


def test_a_site_file_holds_to_its_schema() -> None:
    code = {"system": "urn:x", "code": "1", "label": "X", "role": "definitive", "source": "handbook"}
    assert errors("site", {"time_zone": "UTC", "concepts": {"lab.alt": [code]}}) == []
    del code["source"]
    assert errors("site", {"concepts": {"lab.alt": [code]}})
