"""Tests of atoms as they are written to tests as they are evaluated."""

from __future__ import annotations

from collections.abc import Iterable

from trialsieve.rules.atom import (
    SCREENING,
    UNSTATED,
    Age,
    DatedSince,
    FindingHolds,
    Judgement,
    Limits,
    Measurement,
    QualitativeResult,
    Readings,
    Recorded,
    RecordedSex,
    ReviewCase,
    SameResource,
    Span,
    Test,
    Unresolved,
    Window,
)
from trialsieve.rules.concept import Concept
from trialsieve.rules.grammar import UnitBounds, span, window
from trialsieve.rules.grammar_atom_tests import (
    MeasurementTest,
    ObservationTest,
    OnRecordTest,
    ResultTest,
    TakeSyntax,
    Windowed,
)
from trialsieve.rules.grammar_atoms import (
    AgeAtom,
    AtomSyntax,
    FindingAtom,
    JudgementAtom,
    NegatedAtom,
    ReadingsAtom,
    RecordedAtom,
    SameResourceAtom,
    SexAtom,
    UnresolvedAtom,
)
from trialsieve.rules.known_names import NameCheck
from trialsieve.rules.limits import UnitMismatchError, canonical_limits, limits_of
from trialsieve.rules.vocabulary import Basis, Take, Timing
from trialsieve.rules.yaml_source import Faults, Location


class AtomTestTranslator:
    """Translates what the atoms of one file test. Where something is at fault, the test is made of what is left."""

    def __init__(self, names: NameCheck, faults: Faults) -> None:
        self._names = names
        self._faults = faults

    def test(self, syntax: AtomSyntax, location: Location) -> Test:
        match syntax:
            case AgeAtom():
                return Age(limits_of(syntax.age, syntax.age.unit))
            case SexAtom():
                return RecordedSex(frozenset(syntax.sex))
            case MeasurementTest() | ResultTest():
                return self._observation(syntax, location)
            case RecordedAtom() | NegatedAtom():
                return self._recorded(syntax, location)
            case FindingAtom():
                self._names.findings([syntax.finding], (*location, "finding"))
                return FindingHolds(syntax.finding)
            case SameResourceAtom():
                return self._same_resource(syntax, location)
            case JudgementAtom():
                return Judgement()
            case UnresolvedAtom():
                return Unresolved(syntax.unresolved)
            case ReadingsAtom():
                tests = [
                    (name, self._observation(test, (*location, "readings", name)))
                    for name, test in syntax.readings.items()
                ]
                return Readings(tuple(tests))
        raise TypeError(f"not an atom: {syntax!r}")

    def _observation(self, syntax: MeasurementTest | ResultTest, location: Location) -> Measurement | QualitativeResult:
        if isinstance(syntax, MeasurementTest):
            concepts = self._names.observed(syntax.measurement, (*location, "measurement"))
            return Measurement(
                concepts=tuple(syntax.measurement),
                limits=self._limits(syntax, concepts, location),
                basis=_basis(syntax),
                take=_take(syntax),
                window=self._window(syntax, location),
                currency=self._currency(syntax, concepts, location, by_default=True),
                not_before=self._not_before(syntax, location),
                after=self._after(syntax, location),
                within_after=_within_after(syntax),
                not_older_than=syntax.not_older_than,
                skip=self._names.facets(syntax.skip, concepts, (*location, "skip")),
            )
        concepts = self._names.observed(syntax.result, (*location, "result"))
        return QualitativeResult(
            concepts=tuple(syntax.result),
            expected=syntax.is_,
            take=Take(syntax.take.value),
            window=self._window(syntax, location),
            currency=self._currency(syntax, concepts, location, by_default=True),
            not_before=self._not_before(syntax, location),
            after=self._after(syntax, location),
            within_after=_within_after(syntax),
            not_older_than=syntax.not_older_than,
            skip=self._names.facets(syntax.skip, concepts, (*location, "skip")),
            only=self._names.facets(syntax.only, concepts, (*location, "only")),
            heed_numbers=syntax.heed_numbers,
        )

    def _recorded(self, syntax: RecordedAtom | NegatedAtom, location: Location) -> Recorded:
        if isinstance(syntax, NegatedAtom):
            names, key = syntax.negated, "negated"
        else:
            names, key = syntax.recorded, "recorded"
        concepts = self._names.on_record(names, (*location, key))
        return Recorded(
            concepts=tuple(names),
            timing=syntax.timing or Timing.UNSTATED,
            window=self._window(syntax, location),
            after=self._after(syntax, location),
            within_after=_within_after(syntax),
            at_time_of=syntax.at_time_of,
            first=syntax.first,
            states=frozenset(syntax.states or ()),
            skip=self._names.facets(syntax.skip, concepts, (*location, "skip")),
            facets=self._names.facets(syntax.facets, concepts, (*location, "facets")),
            negated=isinstance(syntax, NegatedAtom),
            all_supporting=syntax.all_supporting,
            still_active=syntax.still_active,
            currency=self._currency(syntax, concepts, location, by_default=syntax.timing is Timing.CURRENT),
            review=tuple(self._review_cases(syntax, concepts, location)),
        )

    def _review_cases(self, syntax: OnRecordTest, concepts: list[Concept], location: Location) -> Iterable[ReviewCase]:
        for index, case in enumerate(syntax.review):
            where = (*location, "review", index)
            others = self._names.concepts(case.concepts or [], (*where, "concepts"))
            yield ReviewCase(
                says=case.says,
                reason=case.reason,
                concepts=tuple(case.concepts or ()),
                facets=self._names.facets(case.facets, concepts + others, (*where, "facets")),
                states=frozenset(case.states or ()),
                ended=case.ended,
                history=case.history,
                undated=case.undated,
            )

    def _same_resource(self, syntax: SameResourceAtom, location: Location) -> SameResource | DatedSince:
        if syntax.since is not None:
            if syntax.since == UNSTATED:
                hint = "only an anchor that is declared has a day"
                self._faults.report((*location, "since"), "nothing can be dated since an unstated anchor", hint)
            else:
                self._names.anchor(syntax.since, (*location, "since"), f"a date since the anchor '{syntax.since}'")
            return DatedSince(syntax.same_resource_as, syntax.since)
        values = tuple(syntax.in_ or syntax.not_in or ())
        return SameResource(syntax.same_resource_as, syntax.facet or "", values, other=syntax.not_in is not None)

    def _limits(self, syntax: MeasurementTest, concepts: list[Concept], location: Location) -> Limits:
        if isinstance(syntax.value, UnitBounds):
            try:
                return canonical_limits(syntax.value, concepts)
            except UnitMismatchError as mismatch:
                self._faults.report((*location, "value", "unit"), str(mismatch), mismatch.hint)
                return limits_of(syntax.value, syntax.value.unit)
        return limits_of(syntax.bounds, "1")

    def _window(self, syntax: Windowed, location: Location) -> Window | None:
        span, inclusive = (syntax.within, True) if syntax.within is not None else (syntax.less_than, False)
        if span is None:
            return None
        anchor = syntax.anchor or SCREENING
        key = "anchor" if syntax.anchor is not None else "within" if inclusive else "less_than"
        declared = self._names.anchor(anchor, (*location, key), f"a window before the anchor '{anchor}'")
        if declared and isinstance(syntax, ObservationTest) and anchor == UNSTATED:
            hint = "only something on record can have one; name an anchor that the trial declares"
            self._faults.report((*location, "anchor"), "a result cannot have a window before an unstated anchor", hint)
        if syntax.back_from is not None:
            self._back_from(syntax.back_from, anchor, (*location, "back_from"))
        return window(span, inclusive=inclusive, anchor=anchor, back_from=syntax.back_from)

    def _back_from(self, name: str, anchor: str, location: Location) -> None:
        if name in {SCREENING, UNSTATED}:
            hint = "name another anchor that the trial declares, whose day is given by --anchor"
            self._faults.report(location, f"a window cannot be counted back from '{name}'", hint)
        elif name == anchor:
            self._faults.report(location, f"the window lies before '{anchor}' already", "drop 'back_from'")
        elif anchor == UNSTATED:
            hint = "drop 'back_from', or name the anchor before which the window lies"
            self._faults.report(location, "a window before an unstated anchor is not counted back from another", hint)
        else:
            self._names.anchor(name, location, f"a window counted back from the anchor '{name}'")

    def _currency(
        self, syntax: Windowed, concepts: list[Concept], location: Location, *, by_default: bool
    ) -> str | None:
        if syntax.currency == "none" or syntax.has_window:
            return None
        if syntax.currency is not None:
            self._names.currency(syntax.currency, (*location, "currency"))
            return syntax.currency
        classes = {concept.currency for concept in concepts} if by_default else {None}
        if len(classes) > 1:
            listed = ", ".join(f"{concept.id}: {concept.currency or 'none'}" for concept in concepts)
            self._faults.report(location, f"these concepts have different currencies ({listed})", "state 'currency'")
            return None
        return next(iter(classes), None)

    def _not_before(self, syntax: ObservationTest, location: Location) -> tuple[str, ...]:
        self._names.findings(syntax.not_before or [], (*location, "not_before"))
        return tuple(syntax.not_before or ())

    def _after(self, syntax: Windowed, location: Location) -> str | None:
        if syntax.after is not None:
            self._names.findings([syntax.after], (*location, "after"))
        return syntax.after


def _within_after(syntax: Windowed) -> Span | None:
    return None if syntax.within_after is None else span(syntax.within_after)


def _basis(syntax: MeasurementTest) -> Basis:
    if syntax.value is not None:
        return Basis.VALUE
    return Basis.TIMES_UPPER_LIMIT if syntax.times_upper_limit is not None else Basis.TIMES_LOWER_LIMIT


def _take(syntax: MeasurementTest) -> Take:
    """The highest is above a limit if any result is, below one if all are; with `lowest` it is the reverse."""
    if syntax.take not in {TakeSyntax.HIGHEST, TakeSyntax.LOWEST}:
        return Take(syntax.take.value)
    has_lower = syntax.bounds.low is not None
    return Take.ANY if has_lower == (syntax.take is TakeSyntax.HIGHEST) else Take.ALL
