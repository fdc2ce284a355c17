"""Where the INPUT may stand among options that take several values."""

from __future__ import annotations

from pathlib import Path

from trialsieve.service.cli import build_parser
from trialsieve.service.request.arguments import reclaim_inputs


def inputs_of(*words: str) -> tuple[list[str], list[str]]:
    arguments, further = build_parser().parse_known_args(["screen", *words])
    arguments.inputs = [*arguments.inputs, *further]
    reclaim_inputs(arguments)
    return arguments.inputs, arguments.trial


def test_inputs_may_follow_an_option_of_several_values(tmp_path: Path) -> None:
    one, two = (tmp_path / "1.json", tmp_path / "2.json")
    one.touch()
    two.touch()
    assert inputs_of("--trial", "A", str(one), str(two)) == ([str(one), str(two)], ["A"])
    assert inputs_of("--trial", "A", "B", "-") == (["-"], ["A", "B"])
    assert inputs_of("--trial", "A", str(one), "--format", "csv") == ([str(one)], ["A"])


def test_with_an_input_before_it_the_option_keeps_all_its_values(tmp_path: Path) -> None:
    one = tmp_path / "1.json"
    one.touch()
    assert inputs_of("in.json", "--trial", "A", str(one)) == (["in.json"], ["A", str(one)])


def test_inputs_may_stand_before_and_after_options() -> None:
    assert inputs_of("a.json", "--format", "csv", "b.json", "--trial", "A") == (["a.json", "b.json"], ["A"])


def test_of_several_rule_folders_only_the_last_can_be_the_input(tmp_path: Path) -> None:
    for name in ("rules", "more", "data"):
        (tmp_path / name).mkdir()
    arguments, _ = build_parser().parse_known_args(
        ["screen", "--rules", *(str(tmp_path / name) for name in ("rules", "more", "data"))]
    )
    reclaim_inputs(arguments)
    assert [Path(name).name for name in arguments.inputs] == ["data"]
    assert [Path(name).name for name in arguments.rules] == ["rules", "more"]
