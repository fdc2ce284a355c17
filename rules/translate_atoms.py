"""Atoms as they are written to atoms as they are evaluated; what they name is checked on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trialsieve.rules.atom import (
    SCREENING,
    UNSTATED,
    Age,
    Atom,
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
from trialsieve.rules.concept import Concept, Facets
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem
from trialsieve.rules.facets import facet_fault
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
from trialsieve.rules.limits import UnitMismatchError, canonical_limits, limits_of
from trialsieve.rules.translate_logic import logic_of, review_when_of
from trialsieve.rules.vocabulary import AbsenceRule, Basis, Kind, Take, Timing
from trialsieve.rules.words import plain
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
            absent=syntax.absent,
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

    # --- the tests ----------------------------------------------------------------------------------------------------

    def _observation(self, syntax: MeasurementTest | ResultTest, location: Location) -> Measurement | QualitativeResult:
        if isinstance(syntax, MeasurementTest):
            concepts = self._observed(syntax.measurement, (*location, "measurement"))
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
                skip=self._facets(syntax.skip, concepts, (*location, "skip")),
            )
        concepts = self._observed(syntax.result, (*location, "result"))
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
            skip=self._facets(syntax.skip, concepts, (*location, "skip")),
            only=self._facets(syntax.only, concepts, (*location, "only")),
            heed_numbers=syntax.heed_numbers,
        )

    def _recorded(self, syntax: RecordedAtom | NegatedAtom, location: Location) -> Recorded:
        if isinstance(syntax, NegatedAtom):
            names, key = syntax.negated, "negated"
        else:
            names, key = syntax.recorded, "recorded"
        concepts = self._on_record(names, (*location, key))
        return Recorded(
            concepts=tuple(names),
            timing=syntax.timing or Timing.UNSTATED,
            window=self._window(syntax, location),
            after=self._after(syntax, location),
            within_after=_within_after(syntax),
            at_time_of=syntax.at_time_of,
            first=syntax.first,
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
        anchor = syntax.anchor or SCREENING
        if anchor not in self._anchors:
            key = "anchor" if syntax.anchor is not None else "within" if inclusive else "less_than"
            self._undeclared(anchor, (*location, key), f"a window before the anchor '{anchor}'")
        elif isinstance(syntax, ObservationTest) and anchor == UNSTATED:
            hint = "only something on record can have one; name an anchor that the trial declares"
            self._report((*location, "anchor"), "a result cannot have a window before an unstated anchor", hint)
        if syntax.back_from is not None:
            self._back_from(syntax.back_from, anchor, (*location, "back_from"))
        return window(span, inclusive=inclusive, anchor=anchor, back_from=syntax.back_from)

    def _back_from(self, name: str, anchor: str, location: Location) -> None:
        if name in {SCREENING, UNSTATED}:
            hint = "name another anchor that the trial declares, whose day is given by --anchor"
            self._report(location, f"a window cannot be counted back from '{name}'", hint)
        elif name == anchor:
            self._report(location, f"the window lies before '{anchor}' already", "drop 'back_from'")
        elif anchor == UNSTATED:
            hint = "drop 'back_from', or name the anchor before which the window lies"
            self._report(location, "a window before an unstated anchor is not counted back from another", hint)
        elif name not in self._anchors:
            self._undeclared(name, location, f"a window counted back from the anchor '{name}'")

    def _undeclared(self, anchor: str, location: Location, what: str) -> None:
        declared = [name for name in self._anchors if name != UNSTATED]
        hint = did_you_mean(anchor, declared) or f"declared here: {', '.join(declared)}"
        self._report(location, f"{what}, which is not declared", hint)

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

    def _observed(self, names: Sequence[str], location: Location) -> list[Concept]:
        """Concepts that Observations carry: of any other no result could ever count."""
        concepts = self._concepts(names, location)
        fit = [concept for concept in concepts if Kind.OBSERVATION in concept.kinds]
        self._unfit(names, concepts, fit, "no Observation carries", "use 'recorded'", location)
        return fit

    def _on_record(self, names: Sequence[str], location: Location) -> list[Concept]:
        """Concepts that more than Observations carry: any other would count as absent from every record."""
        concepts = self._concepts(names, location)
        fit = [concept for concept in concepts if concept.kinds - {Kind.OBSERVATION}]
        hint = "use 'measurement' for a number, 'result' for positive or negative"
        self._unfit(names, concepts, fit, "nothing but Observations carries", hint, location)
        return fit

    def _unfit(
        self,
        names: Sequence[str],
        concepts: list[Concept],
        fit: list[Concept],
        message: str,
        hint: str,
        location: Location,
    ) -> None:
        for concept in concepts:
            if concept not in fit:
                self._report((*location, names.index(concept.id)), f"{message} {concept.id}", hint)

    def _concepts(self, names: Sequence[str], location: Location) -> list[Concept]:
        for index, name in enumerate(names):
            if name not in self._known.concept_ids:
                hint = self._by_label(name) or did_you_mean(name, self._known.concept_ids) or self._of_code(name)
                self._report((*location, index), f"there is no concept '{name}'", hint)
        return [self._known.concepts[name] for name in names if name in self._known.concepts]

    def _by_label(self, words: str) -> str:
        """A hint for whom writes what a concept is called."""
        meant = [
            each.id for each in self._known.concepts.values() if plain(words) in map(plain, [each.label, *each.terms])
        ]
        return f"that is {' or '.join(meant)}" if meant else ""

    def _of_code(self, code: str) -> str:
        """A hint for whom writes a code where a concept is wanted."""
        meant = [
            concept.id for concept in self._known.concepts.values() if any(each.code == code for each in concept.codes)
        ]
        return f"that is a code of {' and '.join(meant)}" if meant else ""

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

    def _same_resource(self, syntax: SameResourceAtom, location: Location) -> SameResource | DatedSince:
        if syntax.since is not None:
            if syntax.since == UNSTATED:
                hint = "only an anchor that is declared has a day"
                self._report((*location, "since"), "nothing can be dated since an unstated anchor", hint)
            elif syntax.since not in self._anchors:
                self._undeclared(syntax.since, (*location, "since"), f"a date since the anchor '{syntax.since}'")
            return DatedSince(syntax.same_resource_as, syntax.since)
        values = tuple(syntax.in_ or syntax.not_in or ())
        return SameResource(syntax.same_resource_as, syntax.facet or "", values, other=syntax.not_in is not None)

    def refers(self, syntax: AtomSyntax, others: Mapping[str, AtomSyntax], location: Location) -> None:
        """Check the atoms that a test names: each is decided by resources, and these can have the facet asked for."""
        for key, name in references(syntax):
            other = self._decided_by_resource(name, others, (*location, *key))
            if other is None or not isinstance(syntax, SameResourceAtom):
                continue
            names = [
                name for kind in ("measurement", "result", "recorded", "negated") for name in getattr(other, kind, ())
            ]
            concepts = [self._known.concepts[name] for name in names if name in self._known.concepts]
            for value in syntax.in_ or syntax.not_in or ():
                fault = facet_fault(syntax.facet or "", value, concepts)
                if fault is not None:
                    self._report((*location, "facet"), *fault)
                    break

    def _decided_by_resource(
        self, name: str, others: Mapping[str, AtomSyntax], location: Location
    ) -> AtomSyntax | None:
        other = others.get(name)
        if other is None:
            hint = did_you_mean(name, others) or f"the atoms here: {', '.join(others)}"
            self._report(location, f"there is no atom '{name}'", hint)
            return None
        same_as_another = location[-1] == "not_older_than" and isinstance(other, SameResourceAtom)
        if not same_as_another and not isinstance(other, (MeasurementTest, ResultTest, OnRecordTest)):
            hint = "name a measurement, a result or something recorded"
            self._report(location, f"'{other.id}' is not decided by a resource", hint)
            return None
        return other

    def _report(self, location: Location, message: str, hint: str) -> None:
        self._problems.append(self._source.problem(location, message, hint))


def references(syntax: AtomSyntax) -> Iterable[tuple[Location, str]]:
    """The other atoms that an atom's test names, each with the key that names it."""
    tests: list[tuple[Location, object]] = [((), syntax)]
    if isinstance(syntax, ReadingsAtom):
        tests += [(("readings", name), test) for name, test in syntax.readings.items()]
    for where, test in tests:
        for key in ("same_resource_as", "at_time_of", "not_older_than"):
            name = getattr(test, key, None)
            if isinstance(name, str):
                yield (*where, key), name


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
