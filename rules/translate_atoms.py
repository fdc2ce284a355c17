"""Atoms as they are written to atoms as they are evaluated; what they name is checked on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.facets import facet_fault
from trialsieve.rules.grammar import UnitBounds, window
from trialsieve.rules.grammar_atoms import (
    AgeAtom,
    AtomSyntax,
    FindingAtom,
    JudgementAtom,
    MeasurementTest,
    NegatedAtom,
    ObservationTest,
    OnRecordTest,
    ReadingsAtom,
    RecordedAtom,
    ResultTest,
    SameResourceAtom,
    SexAtom,
    TakeSyntax,
    UnresolvedAtom,
    Windowed,
)
from trialsieve.rules.limits import UnitMismatchError, canonical_limits, limits_of
from trialsieve.rules.model import (
    Age,
    Atom,
    Concept,
    Facets,
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
    Test,
    Unresolved,
    Window,
)
from trialsieve.rules.translate_logic import logic_of, review_when_of
from trialsieve.rules.vocabulary import AbsenceRule, Basis, Take, Timing
from trialsieve.rules.yaml_source import Location, SourceFile


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may refer to: the concepts, the ids of all findings, and the currency classes.

    `concept_ids` also holds those of concepts that are wrong themselves and missing in `concepts`; that is told once.
    """

    concepts: Mapping[str, Concept]
    concept_ids: Collection[str]
    findings: Collection[str]
    currency: Collection[str]


class AtomTranslator:
    """Translates the atoms of one file. Faults are added to `problems`; the atom is then made of what is left."""

    def __init__(self, source: SourceFile, known: Known, anchors: Sequence[str], problems: list[Problem]) -> None:
        self._source = source
        self._known = known
        self._anchors = anchors
        self._problems = problems

    def atom(self, syntax: AtomSyntax, location: Location) -> Atom:
        return Atom(
            id=syntax.id,
            test=self._test(syntax, location),
            quote=syntax.quote or "",
            absence=syntax.absence if isinstance(syntax, OnRecordTest) else AbsenceRule.UNKNOWN,
            presume_unless=self._presume_unless(syntax, location),
            applies_to=syntax.applies_to,
            when=None if syntax.when is None else logic_of(syntax.when),
            review_when=review_when_of(syntax.review_when),
            operand=syntax.is_operand,
            note=syntax.note or syntax.helper or "",
            line=self._source.position(location)[0],
        )

    def _test(self, syntax: AtomSyntax, location: Location) -> Test:
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
                self._findings([syntax.finding], (*location, "finding"))
                return FindingHolds(syntax.finding)
            case SameResourceAtom():
                return SameResource(syntax.same_resource_as, syntax.facet, tuple(syntax.in_))
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

    # --- the tests ----------------------------------------------------------------------------------------------------

    def _observation(self, syntax: MeasurementTest | ResultTest, location: Location) -> Measurement | QualitativeResult:
        if isinstance(syntax, MeasurementTest):
            concepts = self._concepts(syntax.measurement, (*location, "measurement"))
            return Measurement(
                concepts=tuple(syntax.measurement),
                limits=self._limits(syntax, concepts, location),
                basis=_basis(syntax),
                take=_take(syntax),
                window=self._window(syntax, location),
                currency=self._currency(syntax, concepts, location, by_default=True),
                not_before=self._not_before(syntax, location),
                after=self._after(syntax, location),
                skip=self._facets(syntax.skip, concepts, (*location, "skip")),
            )
        concepts = self._concepts(syntax.result, (*location, "result"))
        return QualitativeResult(
            concepts=tuple(syntax.result),
            expected=syntax.is_,
            take=Take(syntax.take.value),
            window=self._window(syntax, location),
            currency=self._currency(syntax, concepts, location, by_default=True),
            not_before=self._not_before(syntax, location),
            after=self._after(syntax, location),
            skip=self._facets(syntax.skip, concepts, (*location, "skip")),
            only=self._facets(syntax.only, concepts, (*location, "only")),
        )

    def _recorded(self, syntax: RecordedAtom | NegatedAtom, location: Location) -> Recorded:
        if isinstance(syntax, NegatedAtom):
            names, key = syntax.negated, "negated"
        else:
            names, key = syntax.recorded, "recorded"
        concepts = self._concepts(names, (*location, key))
        return Recorded(
            concepts=tuple(names),
            timing=syntax.timing or Timing.UNSTATED,
            window=self._window(syntax, location),
            after=self._after(syntax, location),
            states=frozenset(syntax.states or ()),
            skip=self._facets(syntax.skip, concepts, (*location, "skip")),
            facets=self._facets(syntax.facets, concepts, (*location, "facets")),
            negated=isinstance(syntax, NegatedAtom),
            all_supporting=syntax.all_supporting,
            still_active=syntax.still_active,
            currency=self._currency(syntax, concepts, location, by_default=syntax.timing is Timing.CURRENT),
            review=tuple(self._review_cases(syntax, concepts, location)),
        )

    def _review_cases(self, syntax: OnRecordTest, concepts: list[Concept], location: Location) -> Iterable[ReviewCase]:
        for index, case in enumerate(syntax.review):
            where = (*location, "review", index)
            others = self._concepts(case.concepts or [], (*where, "concepts"))
            yield ReviewCase(
                says=case.says,
                reason=case.reason,
                concepts=tuple(case.concepts or ()),
                facets=self._facets(case.facets, concepts + others, (*where, "facets")),
                states=frozenset(case.states or ()),
                ended=case.ended,
                history=case.history,
                undated=case.undated,
            )

    # --- their parts --------------------------------------------------------------------------------------------------

    def _limits(self, syntax: MeasurementTest, concepts: list[Concept], location: Location) -> Limits:
        if isinstance(syntax.value, UnitBounds):
            try:
                return canonical_limits(syntax.value, concepts)
            except UnitMismatchError as mismatch:
                self._report((*location, "value", "unit"), str(mismatch), mismatch.hint)
                return limits_of(syntax.value, syntax.value.unit)
        return limits_of(syntax.bounds, "1")

    def _window(self, syntax: Windowed, location: Location) -> Window | None:
        span, inclusive = (syntax.within, True) if syntax.within is not None else (syntax.less_than, False)
        if span is None:
            return None
        anchor = syntax.anchor or "screening"
        if anchor not in self._anchors:
            key = "anchor" if syntax.anchor is not None else "within" if inclusive else "less_than"
            hint = did_you_mean(anchor, self._anchors) or f"declared here: {', '.join(self._anchors)}"
            self._report((*location, key), f"a window before the anchor '{anchor}', which is not declared", hint)
        return window(span, inclusive=inclusive, anchor=anchor)

    def _currency(
        self, syntax: Windowed, concepts: list[Concept], location: Location, *, by_default: bool
    ) -> str | None:
        if syntax.currency == "none" or syntax.has_window:
            return None
        if syntax.currency is not None:
            if syntax.currency not in self._known.currency:
                hint = did_you_mean(syntax.currency, [*self._known.currency, "none"])
                self._report((*location, "currency"), f"there is no currency class '{syntax.currency}'", hint)
            return syntax.currency
        classes = {concept.currency for concept in concepts} if by_default else {None}
        if len(classes) > 1:
            listed = ", ".join(f"{concept.id}: {concept.currency or 'none'}" for concept in concepts)
            self._report(location, f"these concepts have different currencies ({listed})", "state 'currency'")
            return None
        return next(iter(classes), None)

    def _not_before(self, syntax: ObservationTest, location: Location) -> tuple[str, ...]:
        self._findings(syntax.not_before or [], (*location, "not_before"))
        return tuple(syntax.not_before or ())

    def _after(self, syntax: Windowed, location: Location) -> str | None:
        if syntax.after is not None:
            self._findings([syntax.after], (*location, "after"))
        return syntax.after

    def _presume_unless(self, syntax: AtomSyntax, location: Location) -> str | None:
        if not isinstance(syntax, OnRecordTest) or syntax.presume_unless is None:
            return None
        self._findings([syntax.presume_unless], (*location, "presume_unless"))
        return syntax.presume_unless

    def _findings(self, names: Sequence[str], location: Location) -> None:
        for index, name in enumerate(names):
            if name not in self._known.findings:
                hint = did_you_mean(name, self._known.findings)
                self._report((*location, index), f"there is no finding '{name}'", hint)

    def _concepts(self, names: Sequence[str], location: Location) -> list[Concept]:
        for index, name in enumerate(names):
            if name not in self._known.concept_ids:
                hint = did_you_mean(name, self._known.concept_ids)
                self._report((*location, index), f"there is no concept '{name}'", hint)
        return [self._known.concepts[name] for name in names if name in self._known.concepts]

    def _facets(
        self, given: Mapping[str, str | list[str]] | None, concepts: list[Concept], location: Location
    ) -> Facets:
        pairs: list[tuple[str, str]] = []
        for facet, values in (given or {}).items():
            for value in [values] if isinstance(values, str) else values:
                pairs.append((facet, value))
                fault = facet_fault(facet, value, concepts)
                if fault is not None:
                    self._report((*location, facet), *fault)
        return tuple(sorted(pairs))

    def same_resource(self, syntax: SameResourceAtom, others: Mapping[str, Any], location: Location) -> None:
        """Check that the atom named is tested on resources, and that these can have the facet."""
        other = others.get(syntax.same_resource_as)
        if other is None:
            hint = did_you_mean(syntax.same_resource_as, others) or f"the atoms here: {', '.join(others)}"
            self._report((*location, "same_resource_as"), f"there is no atom '{syntax.same_resource_as}'", hint)
            return
        if not isinstance(other, (MeasurementTest, ResultTest, OnRecordTest)):
            hint = "name a measurement, a result or something recorded"
            self._report((*location, "same_resource_as"), f"'{other.id}' is not decided by a resource", hint)
            return
        names = [name for key in ("measurement", "result", "recorded", "negated") for name in getattr(other, key, ())]
        concepts = [self._known.concepts[name] for name in names if name in self._known.concepts]
        for value in syntax.in_:
            fault = facet_fault(syntax.facet, value, concepts)
            if fault is not None:
                self._report((*location, "facet"), *fault)
                return

    def _report(self, location: Location, message: str, hint: str) -> None:
        self._problems.append(self._source.problem(location, message, hint))


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
