"""An explanation names what an answer rests on, and says no more of a code, or of what is missing, than is so."""

from __future__ import annotations

from charts import AS_OF, OTHER, ago, chart, entry, number, result
from explained import atom_told, criterion_told
from invented_rules import atom, book, criterion, finding, measured, positive, recorded

from trialsieve.engine.outcome import Circumstances
from trialsieve.engine.screening import Screener
from trialsieve.rules.atom import Atom, FindingHolds, SameResource, Span
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AnyOf, AtomRef, Not, NotTrue, ReviewWhen
from trialsieve.rules.vocabulary import AbsenceRule, Reason, Result, Role, Timing

NO_CODE_ALONE = "Condition on record: not specific enough to decide, no code alone says what is asked here."
NUMBER_60 = "Number 60 is at least 50 %."


def test_a_precise_code_is_not_called_too_broad_where_no_code_would_do() -> None:
    """Sepsis is no broad code; it is the sentence, of an uncontrolled infection, that no code can say."""
    assert atom_told(atom(recorded(all_supporting=True)), entry(ago(1))) == NO_CODE_ALONE
    assert atom_told(atom(recorded(all_supporting=True)), entry(ago(1), role=Role.SUPPORTING)) == NO_CODE_ALONE
    assert criterion_told(criterion(atom(recorded(all_supporting=True))), entry(ago(1))) == NO_CODE_ALONE


def test_a_broad_code_is_called_so_where_another_would_decide() -> None:
    told = atom_told(atom(recorded()), entry(ago(1), role=Role.SUPPORTING))
    assert told == "Condition on record: not specific enough to decide, its code is too broad or not listed."


def test_what_is_stated_beside_the_code_is_told_where_the_sentence_asks_for_it() -> None:
    """Of an allergy that excludes because it is severe, this is said."""
    asked = atom(recorded(facets=(("severity", "severe"),)))
    severe = entry(ago(1), facets=(("severity", "severe"), ("substance", "antibiotic")))
    assert atom_told(asked, severe) == "Condition on record: severity is severe."
    assert atom_told(atom(recorded()), severe) == "Condition on record."


def _unless_symptomatic(symptoms: Atom) -> ReviewWhen:
    return ReviewWhen("nothing says that it is symptomatic", Reason.UNSPECIFIC, NotTrue(AtomRef(symptoms.id)))


def test_what_keeps_an_answer_from_a_person_is_told_with_it() -> None:
    """Heart failure excludes only where a functional class says that it is symptomatic: then both are told."""
    symptoms = atom(measured(), "symptoms", operand=False)
    rule = criterion(atom(recorded(), review_when=(_unless_symptomatic(symptoms),)), symptoms)
    given = [entry(ago(9)), number(60, ago(1))]
    assert criterion_told(rule, *given) == f"Condition on record. {NUMBER_60}"
    (screened,) = Screener(book(rule), ["T"]).screen(chart(*given), Circumstances(AS_OF))
    assert [item.says for item in screened.criteria[0].evidence] == ["condition on record", "number 60"]
    open_ = criterion_told(rule, entry(ago(9)), number(40, ago(1)))
    assert open_.endswith("enough to decide: nothing says that it is symptomatic; on record: number 40.")


def test_what_sends_an_answer_to_a_person_is_quoted() -> None:
    """A steroid that ended yesterday: which one, and when."""
    case = ReviewWhen("a steroid was given lately", Reason.JUDGEMENT, AtomRef("lately"))
    rule = criterion(atom(measured(), review_when=(case,)), atom(recorded(), "lately", operand=False))
    assert criterion_told(rule, number(60, ago(1)), entry(ago(1))) == (
        "A person has to judge this; on record: number 60 (a steroid was given lately; on record: condition on record)."
    )
    perhaps = criterion_told(rule, number(60, ago(1)), entry(ago(1), role=Role.SUPPORTING))
    assert "perhaps a steroid was given lately: " in perhaps
    assert perhaps.endswith("; on record: condition on record.")


def test_what_the_answer_itself_rests_on_is_not_quoted_again() -> None:
    case = ReviewWhen("it is high", Reason.JUDGEMENT, AtomRef("high"))
    rule = criterion(atom(measured(), review_when=(case,)), atom(measured(), "high", operand=False))
    told = criterion_told(rule, number(60, ago(1)))
    assert told == "A person has to judge this; on record: number 60 (it is high)."


def test_what_is_of_the_same_resource_is_not_told_again() -> None:
    whatever = atom(measured(), "whatever", operand=False)
    by_flow = atom(SameResource("whatever", "method", ("flow",)), "by-flow", operand=False)
    rule = criterion(atom(measured(), review_when=(_unless_symptomatic(by_flow),)), whatever, by_flow)
    assert criterion_told(rule, number(60, ago(1), facets=(("method", "flow"),))) == NUMBER_60


def test_a_finding_that_keeps_an_answer_from_a_person_is_told_though_it_is_of_the_same_resource() -> None:
    """That a saturation was measured on room air is more than the saturation."""
    shared = finding("room-air", atom(measured(), "number"), title="On room air")
    on_air = atom(FindingHolds("room-air"), "on-air", operand=False)
    rule = criterion(atom(measured(), review_when=(_unless_symptomatic(on_air),)), on_air)
    rules = book(rule, findings=[shared])
    (screened,) = Screener(rules, ["T"]).screen(chart(number(60, ago(1))), Circumstances(AS_OF))
    assert screened.criteria[0].explanation == f"{NUMBER_60} On room air: number 60."


FIRST = finding("first", atom(recorded(concepts=(OTHER,)), "seen"), title="The first remission", date_from=("seen",))
AGAIN = AtomRef("again")


def _after_first(**keys: object) -> Finding:
    return finding(
        "second",
        atom(recorded(Timing.EVER, after="first", **keys), "again", absence=AbsenceRule.UNKNOWN),
        atom(positive(after="first", **keys), "response"),
        true_when=AnyOf((AGAIN, AtomRef("response"))),
        title="Two or more relapses",
    )


def test_what_is_on_record_is_not_called_missing_where_a_later_one_is_asked_for() -> None:
    """A relapse is on record, and a second one is missing: one after the remission that followed."""
    rule = criterion(atom(FindingHolds("second")))
    screener = Screener(book(rule, findings=[FIRST, _after_first()]), ["T"])
    given = [entry(ago(20)), entry(ago(10), concept=OTHER, reference="Condition/remission")]
    (screened,) = screener.screen(chart(*given), Circumstances(AS_OF))
    told = screened.criteria[0].explanation
    assert told.startswith("Two or more relapses: unknown (missing: result after “The first remission”); on record: ")
    (nothing,) = screener.screen(chart(), Circumstances(AS_OF))
    assert nothing.criteria[0].explanation == (
        "Two or more relapses: unknown; nothing on record of condition or result after “The first remission”."
    )


def test_a_span_is_told_with_what_it_is_after() -> None:
    rule = criterion(atom(FindingHolds("second")))
    soon = _after_first(within_after=Span(12, "month"))
    (screened,) = Screener(book(rule, findings=[FIRST, soon]), ["T"]).screen(chart(), Circumstances(AS_OF))
    assert "condition or result within 12 months after “The first remission”." in screened.criteria[0].explanation


def test_a_finding_that_looks_for_something_else_too_does_not_say_after_what() -> None:
    either = finding(
        "second",
        atom(recorded(Timing.EVER, after="first"), "again", absence=AbsenceRule.UNKNOWN),
        atom(positive(), "response"),
        true_when=AllOf((AGAIN, AtomRef("response"))),
        title="Both",
    )
    rule = criterion(atom(FindingHolds("second")))
    (screened,) = Screener(book(rule, findings=[FIRST, either]), ["T"]).screen(chart(), Circumstances(AS_OF))
    assert screened.criteria[0].explanation == "Both: unknown; nothing on record of condition or result."


def test_an_atom_of_which_nothing_is_on_record_says_after_what_it_looks() -> None:
    asked = atom(recorded(Timing.EVER, after="shared"), absence=AbsenceRule.UNKNOWN)
    assert "condition after “Something shared”; absence is not presumed here" in atom_told(asked)


def test_a_finding_that_is_true_is_not_told_by_what_only_speaks_for_its_contrary() -> None:
    """The antigen of hepatitis B says that a hepatitis test is positive; a negative test of hepatitis C does not."""
    hepatitis = finding(
        "hepatitis",
        atom(positive(), "antigen"),
        atom(measured(), "clear"),
        true_when=AtomRef("antigen"),
        false_when=AllOf((Not(AtomRef("antigen")), AtomRef("clear"))),
        title="A test is positive",
    )
    rules = book(criterion(atom(FindingHolds("hepatitis"))), findings=[hepatitis])
    given = [number(60, ago(1)), result(Result.POSITIVE, ago(1))]
    (screened,) = Screener(rules, ["T"]).screen(chart(*given), Circumstances(AS_OF))
    assert screened.criteria[0].explanation == "A test is positive: result positive."
