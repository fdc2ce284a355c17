"""What stands in a card: criteria, evidence and cautions, each once, and no markup of others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from foreign_text import texts, tokens
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cards import NAMES, made, of_resources, only_own, open_result, result, results
from msgspec.structs import replace

from trialsieve.engine.outcome import Evidence
from trialsieve.engine.result import OpenItems, ReadingResult, ScreeningResult, result_json
from trialsieve.rules.vocabulary import Effect, Reason
from trialsieve.service.hooks.card_detail import LONGEST, detail
from trialsieve.service.text.nearness import nearest_arm

# --- what stands in them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_examples_cards_are_sound(name: str) -> None:
    for card in made(results(name), ineligible=True):
        text = card.card.detail or ""
        assert len(text) <= LONGEST
        assert text.endswith("Advice, not a decision: a person decides, on the record itself.")
        assert card.card.indicator == "info"
        assert not re.search(r"must enrol|is eligible|shall", text)
        assert (card.card.links or ())[0].url.startswith("http://x.example/result-")
        assert card.kept.card_uuid == card.card.uuid
        only_own(text)


@pytest.mark.parametrize("name", NAMES)
def test_every_open_or_failing_criterion_of_the_nearest_cohort_is_named(name: str) -> None:
    for one in results(name):
        arm = nearest_arm(one)
        text = detail(one, "title")
        if "did not fit here" not in text:
            for criterion in (*arm.limiting, *arm.open.data, *arm.open.judgement, *arm.open.registry):
                assert criterion in {"cohort", "deceased", "patient"} or f"**{criterion}** “" in text


def test_an_open_criterion_says_what_it_waits_for_and_on_what_evidence() -> None:
    text = detail(result("NCT04762485/needs-review", "NCT04762485"), "title")
    judgement = text.index("**Waits for a person's judgement**")
    registry = text.index("**Waits for the registry")
    passes = text.index("**Passes**")
    assert judgement < text.index("**X09**") < registry < text.index("**I06**") < passes
    assert "AST 31 U/L (upper limit 40 U/L) on 2026-11-16" in text
    assert "as-written: would fail; presumed: would pass" in text
    assert "LVEF 58 % on 2026-11-03 is at least 50 %." in text
    assert "no pulmonary embolism, venous thrombosis or arterial thrombosis or embolism on record" in text
    assert "Waits for data" not in text


def test_a_failing_criterion_says_why() -> None:
    text = detail(result("NCT04762485/ineligible-age", "NCT04762485"), "title")
    assert text.startswith("**Does not fit** on the record as it stands")
    assert "**Does not fit**\n\n- **I02** “2\\. " in text


def test_a_trial_with_cohorts_shows_the_nearest_and_names_the_others() -> None:
    text = detail(result("NCT07070323/eligible-autologous", "NCT07070323"), "title")
    assert "cohort autologous" in text
    assert "- new\\_matched\\_donor at screening: ineligible" in text
    assert "**I09**" not in text, "a criterion of another cohort"


def test_of_a_cohort_or_a_later_stage_that_the_patient_does_not_fit_it_names_what_fails() -> None:
    ready, not_ready, cohorts = (
        detail(result(name, name.partition("/")[0]), "title").partition("Other cohorts and later stages")[2]
        for name in (
            "NCT07476027/cleared-but-truncated",
            "NCT07476027/not-ready-for-infusion",
            "NCT07070323/eligible-prior-donor",
        )
    )
    assert "\n- at infusion: needs-review\n" in ready
    assert re.search(r"\n- at infusion: ineligible \(fails: F[0-9]+(, F[0-9]+)*\)\n", not_ready)
    assert "\n- autologous at screening: ineligible (fails: I02)\n" in cohorts


def test_what_an_attestation_answers_is_quoted() -> None:
    text = detail(result("NCT07070323/eligible-autologous", "NCT07070323"), "title")
    assert (
        "- **I06** “6\\. Patients are expected to live for at least 60 days;” This sentence holds, attested by" in text
    )
    assert "“no frozen PBMC available” does not hold, attested by" in text
    assert not re.findall(r"\S+\\#\S+ (?:holds|does not hold)", text)


def test_what_an_attestation_answers_is_not_said_twice() -> None:
    for one in (result(name, trial) for name in NAMES for trial in [name.partition("/")[0]]):
        text = detail(one, "title")
        assert not re.findall(r"\\#\S+ (?:holds|does not hold), attested", text)


def test_the_registrys_backslashes_are_not_shown() -> None:
    text = detail(next(one for one in of_resources() if one.trial == "NCT07120607"), "title")
    assert "shows &gt;5% blast" in text
    assert "\\\\" not in text


def test_cautions_and_what_was_not_read_come_before_everything() -> None:
    one = replace(result("SENL-T7/eligible-boy", "SENL-T7"), cautions=("recorded as replaced by another",))
    text = detail(one, "title", ["Not all of the record could be read (reading failed: procedures)."])
    assert (
        "**Cautions**\n\n- Not all of the record could be read (reading failed: procedures).\n- recorded as replaced"
        in text
    )
    assert text.index("**Cautions**") < text.index("**Passes**")


def test_what_is_too_long_is_left_out_line_by_line_and_said() -> None:
    base = result("NCT07120607/only-the-diagnosis", "NCT07120607")
    long = tuple(replace(one, explanation="word " * 400, text="text " * 400) for one in base.criteria)
    unknown: dict[str, Any] = {"applies": True, "holds": None, "effect": Effect.REVIEW, "reasons": (Reason.NO_DATA,)}
    wide = tuple(replace(long[number % len(long)], id=f"I{number}", **unknown) for number in range(60))
    arm = replace(base.arms[0], open=OpenItems(data=tuple(one.id for one in wide)))
    text = detail(replace(base, criteria=wide, arms=(arm,)), "title " * 200, ["notice " * 200] * 3, ["T"] * 300)
    assert len(text) <= LONGEST
    assert "did not fit here" in text
    assert text.endswith("a person decides, on the record itself.")
    assert all(line.endswith((".", "**", ",")) or "…" in line for line in text.splitlines() if line.startswith("- **I"))


# --- foreign text -----------------------------------------------------------------------------------------------------


def strong(markdown: str) -> int:
    return sum(token.type == "strong_open" for token in tokens(markdown))


def infected(base: ScreeningResult, text: str) -> ScreeningResult:
    """The result with foreign text wherever a chart or a rule file could bring it."""
    foreign = text.encode("utf-8", "ignore").decode() or "x"  # JSON brings no half of a surrogate pair
    return replace(
        base,
        cautions=(foreign,),
        criteria=tuple(
            replace(
                criterion,
                text=foreign,
                explanation=foreign,
                evidence=(Evidence("Observation/o", foreign), *criterion.evidence),
                assumptions=(foreign, *criterion.assumptions),
                cautions=(foreign,),
                readings=(ReadingResult(foreign, None, foreign),),
            )
            for criterion in base.criteria
        ),
    )


@given(texts, st.sampled_from(["NCT04762485/needs-review", "SENL-T7/eligible-boy", "NCT04762485/ineligible-age"]))
@settings(max_examples=60)
def test_foreign_text_brings_no_markup_into_a_detail(text: str, name: str) -> None:
    for base in results(name)[:2]:
        plain = detail(infected(base, "x"), "x", ["x"], ["x"])
        hostile = detail(infected(base, text), text, [text], [text])
        only_own(hostile)
        if "did not fit here" not in hostile + plain:
            assert strong(hostile) == strong(plain)
        assert len(hostile) <= LONGEST


def test_the_public_json_of_the_results_here_is_real() -> None:
    assert result_json(result("SENL-T7/eligible-boy", "SENL-T7"))["verdict"] == "eligible"


# --- each thing once --------------------------------------------------------------------------------------------------


def test_what_one_unreadable_resource_leaves_open_is_said_once_with_each_sentence() -> None:
    text = detail(result("NCT07476027/unreadable-diagnosis", "SENL-T7"), "")
    (line,) = [line for line in text.splitlines() if line.startswith("- **X03**")]
    assert re.findall(r"\*\*(X\d+)\*\* \u201c", line)[:4] == ["X03", "X04", "X05", "X06"]
    assert line.count("could not be read (Condition/unreadable-diagnosis-2") == 1
    assert "Unknown:" not in line


def test_what_differs_is_not_put_together() -> None:
    text = detail(result("NCT07476027/unreadable-diagnosis", "SENL-T7"), "")
    for own in ("X01", "X02", "I05", "I08"):
        (line,) = [line for line in text.splitlines() if f"**{own}** " in line]
        assert set(re.findall(r"\*\*([IX]\d+)\*\*", line)) == ({"I05", "I08"} if own[0] == "I" else {own})


@pytest.mark.parametrize(
    ("reason", "is_told"), [(Reason.NO_DATA, False), (Reason.NOT_RETRIEVED, False), (Reason.STALE, True)]
)
def test_a_reason_that_the_explanation_says_is_not_said_again(reason: Reason, is_told: bool) -> None:
    base = open_result("SENL-T7", data=1)
    first = replace(base.criteria[0], evidence=(), atoms=(), explanation="No CD7 on record.", reasons=(reason,))
    assert ("Unknown: " in detail(replace(base, criteria=(first,)), "")) is is_told
    assert "Unknown: " in detail(replace(base, criteria=(replace(first, explanation=""),)), "")


def test_the_readings_of_a_text_on_hold_are_told_once() -> None:
    text = detail(result("NCT04762485/needs-review", "NCT04762485"), "")
    (line,) = [line for line in text.splitlines() if line.startswith("- **I06**")]
    assert line.count("as-written: ") == line.count("presumed: ") == 1


def test_a_cohorts_own_condition_is_told_with_what_is_missing() -> None:
    screened = result("NCT07070323/donor-not-stated", "NCT07070323")
    arms = tuple(arm for arm in screened.arms if arm.gate is not None)
    (gate,) = [arm.gate for arm in arms]
    assert gate is not None
    text = detail(replace(screened, arms=arms), "")
    (line,) = [line for line in text.splitlines() if line.startswith("- **cohort**")]
    assert "its donor is not stated" in line
    assert gate.evidence[0].says in line
    assert text.index("**Waits for data**") < text.index(line)
