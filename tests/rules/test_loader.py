"""Which files are read, in which order they count, and what a trial's hash covers."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.rules.made_up_rules import CONCEPTS, CURRENCY, ILL, SOURCE, TERMINOLOGY, TRIAL, VERY_ILL, MadeUpRules
from trialsieve.rules.errors import RuleFilesError, UsageError
from trialsieve.rules.loader import load_rules
from trialsieve.rules.logic_order import findings_read
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Role


@pytest.fixture(scope="module")
def shipped() -> RuleBook:
    return load_rules()


# --- the shipped rules ------------------------------------------------------------------------------------------------


def test_the_shipped_rules_load(shipped: RuleBook) -> None:
    assert "NCT04762485" in shipped.trials
    assert shipped.findings
    assert shipped.concepts
    assert shipped.site.time_zone == "UTC"


def test_every_shipped_finding_comes_after_those_that_it_reads(shipped: RuleBook) -> None:
    seen: set[str] = set()
    for finding in shipped.findings.values():
        assert {name for atom in finding.atoms for name in findings_read(atom)} <= seen
        seen.add(finding.id)


def test_every_shipped_trial_has_a_hash(shipped: RuleBook) -> None:
    assert all(len(trial.rules_sha256) == 64 for trial in shipped.trials.values())


# --- order ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reads",
    [
        "finding: very-ill",
        "{recorded: dx.cough, timing: ever, after: very-ill}",
        "{recorded: dx.cough, timing: ever, absence: presume, presume_unless: very-ill}",
        "{measurement: lab.sugar, value: {above: 1, unit: mg/dL}, not_before: [ill, very-ill]}",
    ],
)
def test_findings_come_after_those_that_they_read(rules: MadeUpRules, reads: str) -> None:
    atom = reads.strip("{}") if reads.startswith("finding") else reads[1:-1]
    rules.write("findings/aaa.yaml", f"finding: aaa\ntitle: A\ntrue_when: a\natoms:\n  - {{id: a, {atom}}}\n")
    assert list(load_rules().findings) == ["ill", "very-ill", "aaa"]


# --- more files -------------------------------------------------------------------------------------------------------

COLD = "finding: cold\ntitle: Cold\ntrue_when: a\natoms:\n  - {id: a, recorded: dx.cough, timing: ever}\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("place", ["findings/cold.yaml", "cold.yaml", "cold.yml"])
def test_a_rules_folder_adds_its_sub_folders_and_loose_files(rules: MadeUpRules, tmp_path: Path, place: str) -> None:
    write(tmp_path / "own" / place, COLD)
    assert "cold" in load_rules([tmp_path / "own"]).findings


def test_a_single_file_may_be_given(rules: MadeUpRules, tmp_path: Path) -> None:
    assert "cold" in load_rules([write(tmp_path / "x" / "cold.yaml", COLD)]).findings


def test_the_folder_of_one_kind_may_be_given(rules: MadeUpRules, tmp_path: Path) -> None:
    write(tmp_path / "findings" / "cold.yaml", COLD)
    assert "cold" in load_rules([tmp_path / "findings"]).findings


def test_loose_files_are_told_apart_by_their_first_key(rules: MadeUpRules, tmp_path: Path) -> None:
    concept = "concepts:\n  - {id: dx.cold, label: cold, kinds: [Condition]}\n"
    write(tmp_path / "own" / "some-concepts.yaml", concept)
    write(tmp_path / "own" / "a.yaml", COLD.replace("dx.cough", "dx.cold"))
    write(tmp_path / "own" / "a.txt", rules.text("sources/T1.txt"))
    write(tmp_path / "own" / "t.yaml", rules.text(TRIAL).replace("trial: T1", "trial: T2").replace("T1.txt", "a.txt"))
    book = load_rules([tmp_path / "own"])
    assert book.findings["cold"].atoms[0].test.concepts == ("dx.cold",)  # type: ignore[union-attr]
    assert list(book.trials) == ["T1", "T2"]


def test_a_loose_file_of_no_known_kind_is_told(rules: MadeUpRules, tmp_path: Path) -> None:
    path = write(tmp_path / "own" / "odd.yaml", "name: Odd\n" + COLD)
    [problem] = rules.problems(tmp_path / "own")
    assert str(problem).startswith(f"{path}:1:1: the first key of a rule file says what it is")


def test_a_later_file_with_the_same_id_is_refused(rules: MadeUpRules, tmp_path: Path) -> None:
    path = write(tmp_path / "own" / "ill.yaml", COLD.replace("finding: cold", "finding: ill"))
    [problem] = rules.problems(path)
    assert str(problem) == (
        f"{path}:1:1: the finding 'ill' is already in trialsieve/rules/findings/ill.yaml "
        "(say 'replaces: true' if this takes its place)"
    )


def test_a_later_file_may_say_that_it_replaces_an_earlier_one(rules: MadeUpRules, tmp_path: Path) -> None:
    text = COLD.replace("finding: cold", "finding: ill\nreplaces: true")
    path = write(tmp_path / "own" / "ill.yaml", text)
    assert load_rules([path]).findings["ill"].title == "Cold"
    trial = rules.text(TRIAL).replace("title: A trial", "title: Another\nreplaces: true")
    other = write(tmp_path / "own" / "trials" / "T1.yaml", trial)
    assert load_rules([other]).trials["T1"].title == "Another"


def test_a_later_concept_may_say_that_it_replaces_an_earlier_one(rules: MadeUpRules, tmp_path: Path) -> None:
    text = "concepts:\n  - {id: dx.fever, label: hot, kinds: [Condition]}\n"
    path = write(tmp_path / "own" / "concepts" / "own.yaml", text)
    [problem] = rules.problems(path)
    assert (problem.path, problem.line, problem.column) == (str(path), 2, 6)
    path.write_text(text.replace("label", "replaces: true, label"), encoding="utf-8")
    assert load_rules([path]).concepts["dx.fever"].label == "hot"


def test_a_packaged_file_that_is_given_again_is_read_once(rules: MadeUpRules) -> None:
    book = load_rules([rules.folder / TRIAL, rules.folder])
    assert book.trials["T1"].path == str(rules.folder / TRIAL)


def test_a_path_that_is_not_there_is_a_usage_error(rules: MadeUpRules, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere: there is no such rule file or folder"):
        load_rules([tmp_path / "nowhere"])
    with pytest.raises(UsageError, match=r"site\.yaml: there is no such site file"):
        load_rules(site=tmp_path / "site.yaml")


def test_a_folder_without_rule_files_is_a_usage_error(rules: MadeUpRules, tmp_path: Path) -> None:
    write(tmp_path / "own" / "readme.md", "no rules")
    with pytest.raises(UsageError, match="there are no rule files in it"):
        load_rules([tmp_path / "own"])


# --- a site's settings ------------------------------------------------------------------------------------------------


def test_a_site_sets_its_zone_currency_ranges_and_codes(rules: MadeUpRules, tmp_path: Path) -> None:
    site = write(
        tmp_path / "site.yaml",
        "time_zone: Europe/Berlin\nage_adjusted_ranges: true\ncurrency: {laboratory: 7}\nconcepts:\n  lab.salt:\n"
        "    - {system: urn:site, code: S1, label: Our salt, role: definitive, source: lab handbook 3,\n"
        "       observation: true, facets: {specimen: urine}}\n",
    )
    book = load_rules(site=site)
    assert (book.site.time_zone, book.site.age_adjusted_ranges, book.site.path) == ("Europe/Berlin", True, str(site))
    assert book.currency == {"laboratory": 7, "acute": 14}
    added = book.concepts["lab.salt"].codes[-1]
    assert (added.system, added.code, added.role, added.source) == (
        "urn:site",
        "S1",
        Role.DEFINITIVE,
        "lab handbook 3",
    )
    assert added.facets == (("specimen", "urine"),)


def test_an_empty_site_file_changes_nothing(rules: MadeUpRules, tmp_path: Path) -> None:
    assert load_rules(site=write(tmp_path / "site.yaml", "")).currency == load_rules().currency


CODE = "{system: urn:site, code: S1, label: Salt, role: definitive, source: handbook}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time_zone: Europe/Berln\n", "1:1: 'Europe/Berln' is not an IANA time zone"),
        ("time_zon: UTC\n", "1:1: unknown key 'time_zon' (did you mean 'time_zone'?)"),
        ("currency: {laboratry: 7}\n", "1:12: there is no currency class 'laboratry' (did you mean 'laboratory'?)"),
        ("currency: {laboratory: 0}\n", "1:12: 'laboratory'"),
        (f"concepts: {{lab.slat: [{CODE}]}}\n", "1:12: there is no concept 'lab.slat' (did you mean 'lab.salt'?)"),
        (f"concepts: {{lab.salt: [{CODE[:-1]}, facets: {{specimen: blood}}}}]}}\n", "has no value 'blood'"),
        (f"concepts: {{lab.salt: [{CODE.replace(', source: handbook', '')}]}}\n", "the key 'source' is missing"),
        (f"concepts: {{lab.salt: [{CODE.replace('S1', 'salt').replace(':site', ':test')}]}}\n", "already in lab.salt"),
    ],
)
def test_a_mistake_in_a_site_file_is_told_once(rules: MadeUpRules, tmp_path: Path, text: str, told: str) -> None:
    site = write(tmp_path / "site.yaml", text)
    [problem] = rules.problems(site=site)
    assert str(problem).startswith(f"{site}:")
    assert told in str(problem)


# --- the hash ---------------------------------------------------------------------------------------------------------


REACHED = (TRIAL, ILL, VERY_ILL, CONCEPTS, CURRENCY, TERMINOLOGY)
"""The YAML files that the trial is made of."""


def sha256(*extra: Path, site: Path | None = None) -> str:
    return load_rules(extra, site).trials["T1"].rules_sha256


def test_the_hash_is_over_path_and_hash_of_every_file_reached_sorted(rules: MadeUpRules) -> None:
    lines = sorted(
        f"{name}\0{hashlib.sha256((rules.folder / name).read_bytes()).hexdigest()}\n" for name in (*REACHED, SOURCE)
    )
    assert sha256() == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_the_hash_changes_with_the_diseases_that_a_concept_is_never_of(rules: MadeUpRules) -> None:
    rules.write("concepts/more.yaml", "concepts:\n  - {id: dx.cold, label: cold, kinds: [Condition]}\n")
    rules.change(CONCEPTS, "label: fever", "label: fever\n    never_of: [dx.cold]")
    before = sha256()
    rules.write("concepts/more.yaml", rules.text("concepts/more.yaml") + "# a comment\n")
    assert sha256() != before


@pytest.mark.parametrize("name", REACHED)
def test_the_hash_changes_with_every_file_that_the_trial_reaches(rules: MadeUpRules, name: str) -> None:
    before = sha256()
    rules.write(name, rules.text(name) + "# a comment\n")
    assert sha256() != before


def test_the_hash_changes_with_the_source_text(rules: MadeUpRules) -> None:
    before = sha256()
    text = rules.text("sources/T1.txt")
    rules.write("sources/T1.txt", text + "\n")
    hashes = [hashlib.sha256(given.encode()).hexdigest() for given in (text, text + "\n")]
    rules.change(TRIAL, hashes[0], hashes[1])
    with_new_text = sha256()
    assert with_new_text != before


def test_the_hash_changes_with_the_site_file(rules: MadeUpRules, tmp_path: Path) -> None:
    site = write(tmp_path / "site.yaml", "time_zone: UTC\n")
    hashes = {sha256(), sha256(site=site)}
    site.write_text("time_zone: Europe/Berlin\n", encoding="utf-8")
    assert len(hashes | {sha256(site=site)}) == 3


def test_the_hash_does_not_change_with_files_that_the_trial_does_not_reach(rules: MadeUpRules, tmp_path: Path) -> None:
    before = sha256()
    rules.write("findings/cold.yaml", COLD)
    rules.write("concepts/more.yaml", "concepts:\n  - {id: dx.cold, label: cold, kinds: [Condition]}\n")
    rules.write("sources/T9.txt", "Another trial")
    assert sha256() == before
    assert sha256(write(tmp_path / "own" / "warm.yaml", COLD.replace("cold", "warm"))) == before


def test_the_hash_does_not_depend_on_where_the_rules_folder_is(
    rules: MadeUpRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sha256()
    rules.folder.rename(tmp_path / "moved")
    monkeypatch.setattr("trialsieve.rules.rule_files.PACKAGED", (tmp_path / "moved").resolve())
    assert sha256() == before


def test_problems_survive_being_sent_to_another_process(rules: MadeUpRules) -> None:
    import pickle

    rules.change(TRIAL, "title: A trial", "titel: A trial")
    with pytest.raises(RuleFilesError) as caught:
        load_rules()
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems
