"""Random rules over the small invented vocabulary of `chart_strategies`, for the properties that must hold of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chart_strategies import ANCHORS, AS_OF, CONCEPTS, CURRENCY, FACETS, OBSERVED, ON_RECORD
from hypothesis import strategies as st

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
from trialsieve.rules.concept import Terminology
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, ReviewWhen, UnlessShown
from trialsieve.rules.rule_book import RuleBook, Site
from trialsieve.rules.trial import Cohort, Criterion, Trial
from trialsieve.rules.vocabulary import (
    AbsenceRule,
    Basis,
    CriterionKind,
    Reason,
    Result,
    Sex,
    State,
    Take,
    Timing,
)

REASONS = st.sampled_from([Reason.JUDGEMENT, Reason.REGISTRY_ERROR, Reason.UNSPECIFIC])
_units = st.sampled_from(["day", "week", "month"])
_anchored = st.sampled_from([(SCREENING,), (SCREENING,), *((name,) for name in ANCHORS), (UNSTATED,)])
_counted_back = st.sampled_from([(end, back) for end in (SCREENING, *ANCHORS) for back in ANCHORS if back != end])
windows = st.none() | st.builds(
    lambda amount, unit, inclusive, anchors: Window(amount, unit, inclusive, *anchors),
    st.sampled_from([1, 3, 6]),
    _units,
    st.booleans(),
    _anchored | _counted_back,
)
spans = st.none() | st.builds(Span, st.sampled_from([1, 3, 6]), _units)
_currency = st.sampled_from([None, "short", "long"])


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    bounds = st.sampled_from(["0", "0.3", "1", "2", "3", "50", "0.00001", "10000000000000000"])
    shape = draw(st.sampled_from(["low", "high", "both"]))
    low = Decimal(draw(bounds)) if shape != "high" else None
    high = Decimal(draw(bounds)) if shape != "low" else None
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Limits(low, draw(st.booleans()), high, draw(st.booleans()), "%")


def _some(names: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(names)), min_size=1, max_size=2, unique=True).map(tuple)


_one_facet = st.sampled_from([(), (), (FACETS[0],), (FACETS[2],)])


@st.composite
def result_tests(draw: st.DrawFn, findings: Sequence[str], earlier: Sequence[str]) -> Measurement | QualitativeResult:
    window, currency = draw(windows), draw(_currency)
    before = tuple(draw(st.lists(st.sampled_from(list(findings)), max_size=1))) if findings else ()
    follows = bool(findings) and draw(st.booleans())
    after = draw(st.none() | st.sampled_from(list(findings))) if follows else None
    take = draw(st.sampled_from(list(Take)))
    within_after = draw(spans) if after is not None else None
    not_older_than = draw(st.none() | st.sampled_from(list(earlier))) if earlier else None
    if draw(st.booleans()):
        return Measurement(
            draw(_some(OBSERVED)),
            draw(limits()),
            draw(st.sampled_from(list(Basis))),
            take,
            window,
            None if window else currency,
            before,
            after,
            draw(_one_facet),
            within_after,
            not_older_than,
        )
    return QualitativeResult(
        draw(_some(OBSERVED)),
        draw(st.sampled_from([Result.POSITIVE, Result.NEGATIVE])),
        take,
        window,
        None if window else currency,
        before,
        after,
        draw(_one_facet),
        draw(_one_facet),
        within_after,
        not_older_than,
        take is Take.LATEST and draw(st.booleans()),
    )


@st.composite
def recorded_tests(draw: st.DrawFn, findings: Sequence[str], earlier: Sequence[str] = ()) -> Recorded:
    after = draw(st.none() | st.sampled_from(list(findings))) if findings else None
    window = draw(windows)
    cases = st.builds(
        ReviewCase,
        st.just("a case"),
        REASONS,
        st.sampled_from([(), (), ("x.other",)]),
        _one_facet,
        st.frozensets(st.sampled_from(list(State)), max_size=2),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    )
    return Recorded(
        draw(_some(ON_RECORD)),
        Timing.EVER if window is not None else draw(st.sampled_from(list(Timing))),
        window,
        after,
        draw(st.frozensets(st.sampled_from(list(State)), max_size=3)) if draw(st.booleans()) else frozenset(),
        draw(_one_facet),
        draw(_one_facet),
        draw(st.sampled_from([False, False, True])),
        draw(st.sampled_from([False, False, True])),
        draw(st.none() | REASONS) if window is not None else None,
        draw(_currency),
        tuple(draw(st.lists(cases, max_size=2))),
        draw(spans) if after is not None else None,
        draw(st.none() | st.sampled_from(list(earlier))) if earlier else None,
        draw(st.sampled_from([False, False, True])),
    )


@st.composite
def tests(draw: st.DrawFn, findings: Sequence[str], earlier: Sequence[str]) -> Test:
    choices: list[st.SearchStrategy[Test]] = [
        result_tests(findings, earlier),
        result_tests(findings, earlier),
        recorded_tests(findings, earlier),
        recorded_tests(findings, earlier),
        st.builds(Age, st.builds(lambda: Limits(Decimal(12), False, Decimal(65), False, "a"))),
        st.frozensets(st.sampled_from(list(Sex)), min_size=1).map(RecordedSex),
        st.just(Judgement()),
        st.just(Unresolved()),
        st.lists(result_tests(findings, earlier), min_size=2, max_size=2).map(
            lambda pair: Readings((("one", pair[0]), ("two", pair[1])))
        ),
    ]
    if findings:
        choices.append(st.sampled_from(list(findings)).map(FindingHolds))
    if earlier:
        named = st.sampled_from(list(earlier))
        choices.append(st.builds(SameResource, named, st.just("method"), st.just(("one",)), st.booleans()))
        choices.append(st.builds(DatedSince, named, st.sampled_from([SCREENING, *ANCHORS])))
    return draw(st.one_of(choices))


@st.composite
def logics(draw: st.DrawFn, names: Sequence[str], review: bool = False) -> Logic:
    leaf = st.sampled_from(list(names)).map(AtomRef)

    def extend(children: st.SearchStrategy[Logic]) -> st.SearchStrategy[Logic]:
        several = st.lists(children, min_size=1, max_size=3).map(tuple)
        options: list[st.SearchStrategy[Logic]] = [
            several.map(AllOf),
            several.map(AnyOf),
            children.map(Not),
            st.tuples(st.integers(1, 3), several).map(lambda pair: AtLeast(min(pair[0], len(pair[1])), pair[1])),
        ]
        options.append(children.map(NotTrue) if review else children.map(UnlessShown))
        return st.one_of(options)

    return draw(st.recursive(leaf, extend, max_leaves=6))


@st.composite
def atoms(draw: st.DrawFn, findings: Sequence[str], criterion: bool = True) -> tuple[Atom, ...]:
    made: list[Atom] = []
    for number in range(draw(st.integers(1, 4))):
        earlier = [atom.id for atom in made]
        named = [atom.id for atom in made if not isinstance(atom.test, FindingHolds)]  # tests name no other, as written
        reviews = st.builds(ReviewWhen, st.just("a doubt"), REASONS, logics(earlier, review=True)) if earlier else None
        made.append(
            Atom(
                id=f"a{number}",
                test=draw(tests(findings, named)),
                absence=draw(st.sampled_from(list(AbsenceRule))),
                presume_unless=draw(st.none() | st.sampled_from(list(findings))) if findings else None,
                applies_to=draw(st.sampled_from([None, None, None, Sex.MALE, Sex.FEMALE])) if criterion else None,
                when=draw(logics(earlier)) if earlier and draw(st.integers(0, 4)) == 0 else None,
                review_when=tuple(draw(st.lists(reviews, max_size=2))) if reviews is not None else (),
                absent=draw(st.integers(0, 4)) == 0,
            )
        )
    return tuple(draw(st.permutations(made)))


@st.composite
def rule_books(draw: st.DrawFn) -> RuleBook:
    """Up to three findings, each reading only earlier ones, and one trial of up to three criteria."""
    findings: dict[str, Finding] = {}
    for number in range(draw(st.integers(0, 3))):
        made = draw(atoms(list(findings), criterion=False))
        names = [atom.id for atom in made]
        findings[f"f{number}"] = Finding(
            id=f"f{number}",
            title=f"Finding {number}",
            atoms=made,
            true_when=draw(logics(names)),
            false_when=draw(st.none() | logics(names)),
            suspicions=tuple(
                draw(st.lists(st.builds(ReviewWhen, st.just("hm"), REASONS, logics(names, review=True)), max_size=1))
            ),
            date_from=tuple(draw(st.lists(st.sampled_from(names), unique=True))),
            date_is=draw(st.sampled_from(["latest", "first"])),
        )
    criteria = []
    for number in range(draw(st.integers(1, 3))):
        made = draw(atoms(list(findings)))
        names = [atom.id for atom in made]
        on_hold = draw(st.integers(0, 3)) == 0
        criteria.append(
            Criterion(
                id=f"C{number}",
                kind=draw(st.sampled_from(list(CriterionKind))),
                stage=draw(st.sampled_from(["screening", "screening", "infusion"])),
                cohort=draw(st.sampled_from(["all", "all", "one"])),
                text="a sentence",
                atoms=made,
                logic=None if on_hold else draw(logics(names)),
                readings=(("one", draw(logics(names))), ("two", draw(logics(names)))) if on_hold else (),
                applies_to=draw(st.sampled_from([None, None, Sex.FEMALE])),
            )
        )
    gate = Atom("gate", draw(recorded_tests(list(findings))), absence=AbsenceRule.PRESUME)
    cohorts = (Cohort("one", gate if draw(st.booleans()) else None), Cohort("two"))
    return one_trial(tuple(criteria), findings, cohorts, ("screening", "infusion"))


def one_criterion(
    atoms: Sequence[Atom],
    logic: Logic,
    kind: CriterionKind = CriterionKind.INCLUSION,
    *,
    number: int = 0,
    applies_to: Sex | None = None,
) -> Criterion:
    """A criterion at screening, for all cohorts."""
    return Criterion(
        id=f"C{number}",
        kind=kind,
        stage="screening",
        cohort="all",
        text="a sentence",
        atoms=tuple(atoms),
        logic=logic,
        applies_to=applies_to,
    )


def one_trial(
    criteria: tuple[Criterion, ...],
    findings: Mapping[str, Finding],
    cohorts: tuple[Cohort, ...] = (Cohort("one"),),
    stages: tuple[str, ...] = ("screening",),
) -> RuleBook:
    """A rule book of one trial, `T`."""
    trial = Trial(
        id="T",
        title="A trial",
        version="1",
        effective=AS_OF,
        source="",
        source_sha256="",
        source_url="",
        cohorts=cohorts,
        stages=stages,
        anchors=(SCREENING, *ANCHORS),
        criteria=criteria,
        registry_issues=(),
        path="generated",
    )
    return RuleBook({"T": trial}, findings, CONCEPTS, CURRENCY, Terminology({}, {}, frozenset(), {}), Site())


def targets(book: RuleBook) -> list[str]:
    """What a person can attest to in these rules."""
    return [
        target
        for trial in book.trials.values()
        for criterion in trial.criteria
        for target in (
            f"{trial.id}#{criterion.id}",
            *(f"{trial.id}#{criterion.id}.{atom.id}" for atom in criterion.atoms),
        )
    ]
