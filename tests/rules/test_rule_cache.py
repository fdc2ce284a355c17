"""Loaded rules are kept between runs, and never trusted when they could be someone else's or out of date."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import trialsieve
from tests.rules.made_up_rules import CONCEPTS, CURRENCY, ILL, TRIAL, MadeUpRules
from trialsieve.rules import cache, loader
from trialsieve.rules.cache import cached_rules, uncollected
from trialsieve.rules.errors import RuleFilesError
from trialsieve.rules.loader import load_rules
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.rule_files import PACKAGED, RuleFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "trialsieve"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one each time that rule files are parsed."""
    counted: list[int] = []
    book_of = loader.book_of

    def counting(files: tuple[RuleFile, ...]) -> RuleBook:
        counted.append(1)
        return book_of(files)

    monkeypatch.setattr(loader, "book_of", counting)
    return counted


def only_cache(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def test_a_rule_book_survives_being_pickled() -> None:
    book = load_rules()
    assert pickle.loads(pickle.dumps(book)) == book


def test_rules_are_parsed_once(rules: MadeUpRules, folder: Path, loads: list[int]) -> None:
    first = cached_rules(cache_dir=folder)
    assert cached_rules(cache_dir=folder) == first == load_rules()
    assert len(loads) == 1 + 1  # cached_rules, and load_rules itself


@pytest.mark.parametrize("name", [TRIAL, ILL, CONCEPTS, CURRENCY])
def test_a_changed_file_is_seen(rules: MadeUpRules, folder: Path, loads: list[int], name: str) -> None:
    cached_rules(cache_dir=folder)
    rules.write(name, rules.text(name) + "# a comment\n")
    cached_rules(cache_dir=folder)
    assert len(loads) == 2


def test_other_rule_files_and_another_site_are_other_rules(
    rules: MadeUpRules, folder: Path, tmp_path: Path, loads: list[int]
) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("time_zone: Europe/Berlin\n", encoding="utf-8")
    assert cached_rules(cache_dir=folder).site.time_zone == "UTC"
    assert cached_rules(site=site, cache_dir=folder).site.time_zone == "Europe/Berlin"
    assert len(loads) == 2


def test_another_version_is_another_cache(
    rules: MadeUpRules, folder: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    cached_rules(cache_dir=folder)
    monkeypatch.setattr(trialsieve, "__version__", "99")
    cached_rules(cache_dir=folder)
    assert len(loads) == 2


def test_other_code_is_another_cache(
    rules: MadeUpRules, folder: Path, tmp_path: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    code.mkdir()
    monkeypatch.setattr(cache, "PACKAGED", code)
    for count, (module, text) in enumerate((("one.py", "1"), ("one.py", "10"), ("two.py", "1")), start=1):
        (code / module).write_text(text, encoding="utf-8")
        cached_rules(cache_dir=folder)
        assert len(loads) == count
    (code / "one.py").unlink()
    cached_rules(cache_dir=folder)
    assert len(loads) == 4


def test_all_code_that_the_key_is_made_of_lies_in_one_folder() -> None:
    modules = list(PACKAGED.rglob("*.py"))
    assert PACKAGED / "rule_book.py" in modules
    assert [path for path in modules if path.parent != PACKAGED] == []


def test_wrong_rule_files_are_refused_as_ever_and_nothing_is_kept(rules: MadeUpRules, folder: Path) -> None:
    rules.change(TRIAL, "title: A trial", "titel: A trial")
    for _ in range(2):
        with pytest.raises(RuleFilesError, match="titel"):
            cached_rules(cache_dir=folder)
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"junk", b"\0" * 500, b"x" * 32 + pickle.dumps("not rules")])
def test_a_corrupt_cache_is_replaced_silently(
    rules: MadeUpRules, folder: Path, loads: list[int], content: bytes
) -> None:
    book = cached_rules(cache_dir=folder)
    path = only_cache(folder)
    whole = path.read_bytes()
    path.write_bytes(content)
    assert cached_rules(cache_dir=folder) == book
    assert len(loads) == 2
    assert path.read_bytes() == whole


def test_a_cut_off_cache_is_replaced(rules: MadeUpRules, folder: Path, loads: list[int]) -> None:
    book = cached_rules(cache_dir=folder)
    path = only_cache(folder)
    path.write_bytes(path.read_bytes()[:-10])
    assert cached_rules(cache_dir=folder) == book
    assert len(loads) == 2


class Trap:
    """A pickle that would act when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, (str(self.target),))

    def __init__(self, target: Path) -> None:
        self.target = target


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_cache_that_others_could_have_written_is_not_read(
    rules: MadeUpRules, folder: Path, tmp_path: Path, mode: int
) -> None:
    import hashlib

    book = cached_rules(cache_dir=folder)
    path = only_cache(folder)
    payload = pickle.dumps(Trap(tmp_path / "sprung"))
    path.write_bytes(hashlib.sha256(payload).digest() + payload)
    path.chmod(mode)
    assert cached_rules(cache_dir=folder) == book
    assert not (tmp_path / "sprung").exists()


def test_a_cache_of_another_user_is_not_read(
    rules: MadeUpRules, folder: Path, loads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    cached_rules(cache_dir=folder)
    owner = folder.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    cached_rules(cache_dir=folder)
    assert len(loads) == 2


def test_a_link_in_place_of_a_cache_is_not_followed(
    rules: MadeUpRules, folder: Path, loads: list[int], tmp_path: Path
) -> None:
    cached_rules(cache_dir=folder)
    path = only_cache(folder)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    cached_rules(cache_dir=folder)
    assert len(loads) == 2


def test_a_folder_that_cannot_be_made_fails_no_run(rules: MadeUpRules, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert cached_rules(cache_dir=tmp_path / "file" / "cache") == load_rules()


def test_a_cache_is_private_and_leaves_nothing_half_written(rules: MadeUpRules, folder: Path) -> None:
    cached_rules(cache_dir=folder)
    assert only_cache(folder).stat().st_mode & 0o777 == 0o600


def test_only_the_newest_caches_stay(rules: MadeUpRules, folder: Path) -> None:
    for number in range(12):
        rules.write("currency.yaml", f"laboratory: {number + 1}\nacute: 14\n")
        cached_rules(cache_dir=folder)
    assert len(list(folder.iterdir())) == 8
    assert cached_rules(cache_dir=folder).currency["laboratory"] == 12


def test_what_writes_that_were_killed_left_is_removed_as_old_caches_are(rules: MadeUpRules, folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(12):
        (folder / f"rules-{number}.part").write_bytes(b"half of one")
        os.utime(folder / f"rules-{number}.part", (number, number))
    cached_rules(cache_dir=folder)
    assert {path.name for path in folder.glob("*.part")} == {f"rules-{number}.part" for number in range(5, 12)}
    assert len(list(folder.glob("*.pickle"))) == 1


def test_what_is_not_a_cache_of_ours_or_cannot_be_removed_stays_and_fails_no_run(
    rules: MadeUpRules, folder: Path
) -> None:
    folder.mkdir(parents=True)
    (folder / "notes.pickle").write_text("someone's", encoding="utf-8")
    (folder / "rules-a-folder.pickle").mkdir()
    (folder / "rules-dangling.pickle").symlink_to(folder / "nowhere")
    os.utime(folder / "rules-a-folder.pickle", (0, 0))
    for number in range(12):
        rules.write("currency.yaml", f"laboratory: {number + 1}\nacute: 14\n")
        assert cached_rules(cache_dir=folder).currency["laboratory"] == number + 1
    assert (folder / "notes.pickle").exists()
    assert (folder / "rules-a-folder.pickle").is_dir()
    assert len([path for path in folder.glob("rules-*.pickle") if path.is_file()]) == 8


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"TRIALSIEVE_CACHE": "a", "XDG_CACHE_HOME": "b", "HOME": "c"}, "a"),
        ({"XDG_CACHE_HOME": "b", "HOME": "c"}, "b/trialsieve"),
        ({"HOME": "c"}, "c/.cache/trialsieve"),
    ],
)
def test_where_caches_are_kept(
    rules: MadeUpRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], place: str
) -> None:
    for name in ("TRIALSIEVE_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    cached_rules()
    assert only_cache(tmp_path / place).suffix == ".pickle"


def test_a_hit_imports_neither_pydantic_nor_yaml_nor_units(tmp_path: Path) -> None:
    code = (
        "import sys; from trialsieve.rules.cache import cached_rules; book = cached_rules(); "
        "print(len(book.trials), sorted({name.partition('.')[0] for name in sys.modules} "
        "& {'pydantic', 'pydantic_core', 'yaml', 'pint', 'ucumvert'}))"
    )
    environment = {**os.environ, "TRIALSIEVE_CACHE": str(tmp_path)}
    runs = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert "'pydantic'" in runs[0].stdout
    assert runs[1].stdout.endswith(" []\n")
    assert not runs[1].stdout.startswith("0")


def test_the_garbage_collector_rests_while_much_is_made_and_then_goes_on() -> None:
    was = gc.isenabled()
    gc.enable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled()
        with contextlib.suppress(ZeroDivisionError), uncollected():
            raise ZeroDivisionError
        assert gc.isenabled(), "after an error too"
        gc.disable()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled(), "it was off before"
    finally:
        (gc.enable if was else gc.disable)()
