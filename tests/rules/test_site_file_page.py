"""docs/site-file.md names every key of a site file, no other, and shows one that can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from trialsieve.rules.grammar import Part
from trialsieve.rules.grammar_files import LocalCode, SiteFile
from trialsieve.rules.lint import lint
from trialsieve.rules.loader import load_rules
from trialsieve.rules.vocabulary import Match, Role
from trialsieve.rules.yaml_source import read_yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "site-file.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[Part]] = {"Keys": SiteFile, "A local code": LocalCode}


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[tuple[str, bool, str]]:
    """The keys that a section documents: key, whether it has to be there, example."""
    found = re.findall(r"^\| (\*\*)?`(\w+)`(?:\*\*)? \| .+ \| `(.+)` \|$", section(title), re.MULTILINE)
    assert len(found) == len(re.findall(r"^\| (?!key|---)", section(title), re.MULTILINE))
    return [(key, bool(bold), example) for bold, key, example in found]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_documented_and_no_other(title: str) -> None:
    fields = SECTIONS[title].model_fields
    assert sorted(key for key, _, _ in rows(title)) == sorted(fields)
    assert {key for key, bold, _ in rows(title) if bold} == {key for key, one in fields.items() if one.is_required()}


@pytest.mark.parametrize(
    ("title", "key", "example"), [(title, key, example) for title in SECTIONS for key, _, example in rows(title)]
)
def test_every_example_is_allowed(title: str, key: str, example: str) -> None:
    data = read_yaml("example", example).data
    assert list(data) == [key]
    TypeAdapter(SECTIONS[title].model_fields[key].rebuild_annotation()).validate_python(data[key])


def test_every_role_and_way_of_matching_is_told() -> None:
    told = dict(re.findall(r"^\| (?:\*\*)?`(\w+)`(?:\*\*)? \| (.+) \|", section("A local code"), re.M))
    assert {role.value for role in Role} <= set(re.findall(r"`([a-z]+)`", told["role"]))
    assert {match.value for match in Match} <= set(re.findall(r"`([a-z]+)`", told["match"]))


def test_the_classes_of_currency_are_those_of_the_rules() -> None:
    shown = {name: int(days) for name, days in re.findall(r"^\| `([a-z-]+)` \| (\d+) \|$", section("Currency"), re.M)}
    assert shown == load_rules().currency


def test_the_file_that_it_shows_can_be_used(tmp_path: Path) -> None:
    shown = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert shown
    site = tmp_path / "site.yaml"
    site.write_text(shown[1], encoding="utf-8")
    assert lint([site]) == []
    assert set(read_yaml("site.yaml", shown[1]).data) == set(SiteFile.model_fields)
    book = load_rules(site=site)
    assert (book.site.time_zone, book.site.age_adjusted_ranges) == ("Europe/Berlin", True)
    assert (book.currency["laboratory"], book.currency["echocardiography"]) == (14, 60)
    assert book.concepts["lab.mrd"].codes[-1].code == "MRD"
    assert book.trials["NCT07476027"].rules_sha256 != load_rules().trials["NCT07476027"].rules_sha256
