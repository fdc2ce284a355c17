"""The recorded list of changes that change no answer, each with its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, RootModel, StringConstraints

from trialsieve.rules.yaml_source import read_yaml, validate

Text = Annotated[str, StringConstraints(min_length=1)]


class _Entry(BaseModel):
    """Changes that one sentence proves to change no answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: Text
    changes: list[Text]


class _Entries(RootModel[dict[Text, list[_Entry]]]):
    pass


def load_equivalent(path: Path) -> dict[tuple[str, str], str]:
    """The proof by file (`trials/NCT00000000.yaml`) and change. Raises RuleFilesError."""
    entries = validate(_Entries, read_yaml(path.name, path.read_text(encoding="utf-8")))
    return {
        (file, change): entry.why
        for file, listed in entries.root.items()
        for entry in listed
        for change in entry.changes
    }
