"""How value sets are written in `concepts/*.yaml` and `terminology.yaml`, and reading them into `Concept` values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from trialsieve.rules.concept import Code, Concept, FacetValue, Terminology
from trialsieve.rules.error_sentences import did_you_mean
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.units import normalise
from trialsieve.rules.vocabulary import Kind, Match, Result, Role
from trialsieve.rules.yaml_source import Location, SourceFile, validate


def _exact(value: object) -> object:
    """Decimals come from text or whole numbers; a binary fraction would bring its rounding along."""
    return str(value) if isinstance(value, float) else value


Number = Annotated[Decimal, BeforeValidator(_exact)]
Text = Annotated[str, Field(min_length=1)]


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodeNode(_Node):
    """One code. `tier` is how well its source stands (A is best); `with_descendants`: its subtypes are meant too."""

    code: Text
    label: Text
    role: Role
    source: Text
    match: Match = Match.EXACT
    observation: bool = False
    value: int | str | None = None
    facets: dict[str, str] = Field(default_factory=dict)
    factors: dict[str, Number] = Field(default_factory=dict)
    number_means: Literal["detection", "reference-range"] | None = None
    with_descendants: bool = False
    tier: Literal["A", "B", "C"] = "A"
    note: str = ""


class FacetCodeNode(_Node):
    system: Text
    code: Text
    source: Text


class FacetNode(_Node):
    """A facet's value and how Observation.method, specimen or a dosage's route say it: by code, else within a text.

    One of the `texts` that begins (ends) with a space stands only where a word begins (ends); one that begins with "="
    is all that is said.
    """

    facet: Text
    value: Text
    codes: list[FacetCodeNode] = Field(default_factory=list)
    texts: list[Text] = Field(default_factory=list)


class ConceptNode(_Node):
    """One clinical concept; the fields are those of `concept.Concept`."""

    id: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9_]+$")]
    label: Text
    title: Text = ""
    kinds: list[Kind] = Field(default_factory=list)
    unit: Text | None = None
    factors: dict[str, Number] = Field(default_factory=dict)
    plausible: tuple[Number, Number] | None = None
    molar_mass: Number | None = None
    currency: Text | None = None
    number_means: Literal["detection", "reference-range"] | None = None
    any_code: bool = False
    any_procedure: bool = False
    any_allergy: bool = False
    open_list: bool = False
    ordered_ahead: bool = False
    onset_may_be_of: list[Text] = Field(default_factory=list)
    never_of: list[Text] = Field(default_factory=list)
    not_named_with: list[Text] = Field(default_factory=list)
    other_meanings: list[Text] = Field(default_factory=list)
    product_names: list[Text] = Field(default_factory=list)
    number_names: list[Text] = Field(default_factory=list)
    replaces: bool = False
    gap: str | None = None
    unused: Text | None = None  # why it is kept although no rule looks at it
    assume: tuple[str, str, str] | None = None
    notes: list[str] = Field(default_factory=list)
    facets: list[FacetNode] = Field(default_factory=list)
    terms: list[Text] = Field(default_factory=list)
    codes: dict[str, list[CodeNode]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _units_need_a_canonical_one(self) -> ConceptNode:
        if self.unit is None and (self.factors or self.plausible):
            raise ValueError(f"{self.id}: factors and plausible bounds need a canonical unit")
        if self.plausible is not None and self.plausible[0] >= self.plausible[1]:
            raise ValueError(f"{self.id}: the plausible range is empty")
        return self


class ConceptsFile(_Node):
    """A file of `rules/concepts/`."""

    concepts: list[ConceptNode]


class ResultCodeNode(_Node):
    system: Text
    code: Text
    label: Text
    source: Text


class ResultsNode(_Node):
    """What qualitative answers mean, by code and by text."""

    codes: list[ResultCodeNode] = Field(default_factory=list)
    texts: list[Text] = Field(default_factory=list)


class TerminologyFile(_Node):
    """`rules/terminology.yaml`."""

    aliases: dict[str, list[Text]]
    positive: ResultsNode
    negative: ResultsNode
    indeterminate: ResultsNode
    not_done: ResultsNode


def load_concepts(
    files: Sequence[SourceFile], currency: Collection[str] | None = None
) -> tuple[dict[str, Concept], list[Problem]]:
    """All concepts of these files by id, and everything wrong with them. `currency`: the classes, if known.

    A later one takes the place of an earlier one of its id if it says `replaces: true`; else the first counts.
    """
    concepts: dict[str, Concept] = {}
    problems: list[Problem] = []
    diseases: list[tuple[SourceFile, Location, str]] = []
    all_read = True
    for file in files:
        try:
            parsed = validate(ConceptsFile, file)
        except RuleFilesError as error:
            problems.extend(error.problems)
            all_read = False
            continue
        for index, node in enumerate(parsed.concepts):
            if node.id in concepts and not node.replaces:
                where = f"it is also in {concepts[node.id].path}; say 'replaces: true' if this takes its place"
                problems.append(file.problem(("concepts", index, "id"), f"the concept {node.id} is given twice", where))
                continue
            if node.replaces and node.id not in concepts:
                message = f"no earlier file has a concept '{node.id}' that this could replace"
                problems.append(file.problem(("concepts", index, "replaces"), message))
            problems.extend(_repeated_codes(file, index, node))
            problems.extend(_unknown_words(file, index, node, currency))
            concepts[node.id] = _concept(node, file.path)
            diseases += [
                (file, ("concepts", index, field, number), name)
                for field, names in (("onset_may_be_of", node.onset_may_be_of), ("never_of", node.never_of))
                for number, name in enumerate(names)
            ]
    if all_read:  # else it may be in what could not be
        for file, place, name in diseases:
            if name not in concepts:
                problems.append(file.problem(place, f"there is no concept '{name}'", did_you_mean(name, concepts)))
    return concepts, problems


def _unknown_words(
    file: SourceFile, index: int, node: ConceptNode, currency: Collection[str] | None
) -> Iterator[Problem]:
    """A class of currency that there is not, and units by another name than values are converted to."""
    if currency is not None and node.currency is not None and node.currency not in currency:
        classes = ", ".join(sorted(currency))
        hint = did_you_mean(node.currency, currency) or f"one of: {classes}; or leave it out: never too old"
        yield file.problem(("concepts", index, "currency"), f"there is no currency class '{node.currency}'", hint)
    given = [] if node.unit is None else [(node.unit, ("concepts", index, "unit"))]
    for unit, where in [*given, *((unit, ("concepts", index, "factors", unit)) for unit in node.factors)]:
        spelt = normalise(unit)
        if spelt is not None and spelt != unit:
            yield file.problem(where, f"'{unit}' is not a unit known here", f"write '{spelt}'")


def _repeated_codes(file: SourceFile, index: int, node: ConceptNode) -> list[Problem]:
    problems = []
    for system, codes in node.codes.items():
        seen: set[str] = set()
        for place, code in enumerate(codes):
            if code.code in seen:
                where = ("concepts", index, "codes", system, place, "code")
                problems.append(file.problem(where, f"{node.id} lists the code {code.code} twice"))
            seen.add(code.code)
    return problems


def _concept(node: ConceptNode, path: str) -> Concept:
    return Concept(
        id=node.id,
        label=node.label,
        kinds=frozenset(node.kinds),
        codes=tuple(_code(system, code) for system, codes in node.codes.items() for code in codes),
        unit=node.unit and (normalise(node.unit) or node.unit),  # another spelling has been told
        factors=dict(node.factors),
        plausible=node.plausible,
        molar_mass=node.molar_mass,
        currency=node.currency,
        number_means=node.number_means,
        gap=node.gap,
        terms=tuple(node.terms),
        facets=tuple(
            FacetValue(
                facet.facet, facet.value, tuple((code.system, code.code) for code in facet.codes), tuple(facet.texts)
            )
            for facet in node.facets
        ),
        assume=node.assume,
        any_code=node.any_code,
        any_procedure=node.any_procedure,
        any_allergy=node.any_allergy,
        open_list=node.open_list,
        ordered_ahead=node.ordered_ahead,
        onset_may_be_of=tuple(node.onset_may_be_of),
        never_of=tuple(node.never_of),
        not_named_with=tuple(node.not_named_with),
        other_meanings=tuple(node.other_meanings),
        product_names=tuple(node.product_names),
        number_names=tuple(node.number_names),
        path=path,
    )


def _code(system: str, node: CodeNode) -> Code:
    return Code(
        system=system,
        code=node.code,
        label=node.label,
        role=node.role,
        source=node.source,
        match=node.match,
        observation=node.observation,
        value=node.value,
        facets=tuple(sorted(node.facets.items())),
        factors=tuple(sorted(node.factors.items())),
        number_means=node.number_means,
    )


def load_terminology(file: SourceFile) -> tuple[Terminology, list[Problem]]:
    """What holds for all codes. With a problem in the file, nothing of it is used: an empty Terminology."""
    try:
        parsed = validate(TerminologyFile, file)
    except RuleFilesError as error:
        return Terminology({}, {}, frozenset(), {}), list(error.problems)
    problems: list[Problem] = []
    aliases: dict[str, str] = {}
    for canonical, others in parsed.aliases.items():
        for place, alias in enumerate(others):
            if alias in aliases:
                problems.append(file.problem(("aliases", canonical, place), f"the alias {alias} is given twice"))
            aliases[alias] = canonical
    results: dict[tuple[str, str], Result] = {}
    texts: dict[str, Result] = {}
    for result in Result:
        node: ResultsNode = getattr(parsed, result.value)
        for place, code in enumerate(node.codes):
            where = (result.value, "codes", place, "code")
            if (code.system, code.code) in results:
                problems.append(file.problem(where, f"the code {code.code} already means another result"))
            results[code.system, code.code] = result
        problems += _text_problems(file, result.value, node.texts, texts)
        texts.update(dict.fromkeys(node.texts, result))
    problems += _text_problems(file, "not_done", parsed.not_done.texts, texts)
    not_done = frozenset((code.system, code.code) for code in parsed.not_done.codes)
    return Terminology(aliases, results, not_done, texts, frozenset(parsed.not_done.texts)), problems


def _text_problems(file: SourceFile, name: str, texts: Sequence[str], known: Collection[str]) -> Iterator[Problem]:
    """What is wrong with the texts of one result. `known`: those of others."""
    for place, text in enumerate(texts):
        if text in known or text in texts[:place]:
            yield file.problem((name, "texts", place), f"the text '{text}' already means a result")
        if text != text.lower():
            yield file.problem((name, "texts", place), f"the text '{text}' must be lower-case")
