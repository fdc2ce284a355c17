"""`trialsieve lint`: everything that loading refuses, and what a careful author would also want to know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

from trialsieve.rules.atom import Atom
from trialsieve.rules.check_digits import fault_of, is_known
from trialsieve.rules.concept_files import ConceptsFile
from trialsieve.rules.errors import Problem, RuleFilesError
from trialsieve.rules.grammar_atoms import JudgementAtom, MeasurementAtom, ResultAtom
from trialsieve.rules.grammar_files import CriterionSyntax, FindingFile
from trialsieve.rules.lint_limits import implausible_limits
from trialsieve.rules.lint_logic import contradictions_of_finding, contradictions_of_trial
from trialsieve.rules.lint_numbers import other_numbers
from trialsieve.rules.lint_overlaps import overlaps
from trialsieve.rules.lint_quotes import forgotten_windows
from trialsieve.rules.lint_unused import unused_parts
from trialsieve.rules.lint_words import unquoted_words
from trialsieve.rules.loader import Reading, read_rules
from trialsieve.rules.logic_order import atoms_read
from trialsieve.rules.registry_text import shortened
from trialsieve.rules.rule_files import RuleFile, gather
from trialsieve.rules.units import is_ucum
from trialsieve.rules.vocabulary import CriterionKind
from trialsieve.rules.worked_example import FailedExample
from trialsieve.rules.yaml_source import Location, SourceFile, read_yaml, validate

_FHIR_IDS = "http://hl7.org/fhir/sid/"
_SLIP = 0.85  # how alike two URIs are that differ by a slip
_OUTCOMES = ("true", "false", "unknown")
_LETTERS = {CriterionKind.INCLUSION: "I", CriterionKind.EXCLUSION: "X", CriterionKind.INFUSION: "F"}
_SITE_KEYS = {"time_zone", "currency", "age_adjusted_ranges"}

_CameTo = Mapping[tuple[str, str], Collection[str]]
"""By path and name of a criterion or finding, what its failed examples came to."""


def read_files(paths: Sequence[Path]) -> tuple[list[RuleFile], Reading]:
    """These files and folders, and the packaged rules, on which they build. Raises UsageError for what is not there."""
    files = [_as_site_file(file) for file in gather(paths)]
    return files, read_rules(files)


def lint(
    paths: Sequence[Path] = (),
    failed: Iterable[FailedExample] = (),
    read: tuple[Sequence[RuleFile], Reading] | None = None,
) -> list[Problem]:
    """Every problem of these files and folders, sorted by place; without any, of the packaged rules.

    `failed` are the worked examples of these files that were run and did not come out as they say. Their problems are
    not among those told, nor is that an example is missing where one of them came to exactly that. `read`: what
    `read_files` gave for the same paths.

    The packaged rules are always read along, since rule files build on them. What loading accepts but lint does not is
    told only of the files asked for. Raises UsageError for a path that is not there.
    """
    files, reading = read or read_files(paths)
    of_interest = {file.shown for file in files if file.asked_for or not paths}
    came_to: dict[tuple[str, str], set[str]] = {}
    for each in failed:
        came_to.setdefault((each.path, each.of), set()).add(each.outcome.value)
    careless = list(_careless(reading, of_interest))
    careless += _all_untested(reading, came_to)
    if not reading.problems:
        careless += _mistaken(reading)
        if not paths:
            careless += unused_parts(reading, next((file for file in files if file.name == "currency.yaml"), None))
    told = [problem for problem in careless if problem.path in of_interest]
    told += [
        problem
        for source, trial in reading.trials
        if source.path in of_interest
        for problem in _left_out(reading, trial.trial)
    ]
    return sorted({*reading.problems, *told})


def _left_out(reading: Reading, trial: str) -> Iterator[Problem]:
    """Sentences of the registry's text that are in no criterion, told where they stand there."""
    hint = "write one, if only with an atom 'judgement: true'; 'besides' is for what is no criterion"
    for each in reading.unwritten.get(trial, ()):
        message = f"no criterion of {trial} has the words '{shortened(each.text)}'"
        yield Problem(reading.text_paths[trial], each.line, each.column, message, hint)


def _as_site_file(file: RuleFile) -> RuleFile:
    """A loose file that holds a site's settings is checked as that."""
    if file.folder:
        return file
    try:
        data = read_yaml(file.shown, file.content.decode("utf-8", errors="replace")).data
    except RuleFilesError:
        return file
    is_site = isinstance(data, dict) and (bool(_SITE_KEYS & set(data)) or isinstance(data.get("concepts"), dict))
    return replace(file, folder="site") if is_site else file


def _careless(reading: Reading, of_interest: Collection[str]) -> Iterator[Problem]:
    for source, trial in reading.trials:
        for index, criterion in enumerate(trial.criteria):
            location: Location = ("criteria", index)
            yield from _misnamed(source, (*location, "id"), criterion)
            atoms = reading.book.trials[trial.trial].criteria[index].atoms
            yield from forgotten_windows(source, criterion, location)
            yield from _newest_of_several(source, criterion, location)
            if trial.trial in reading.unwritten:  # of others an inventory names every part
                yield from unquoted_words(source, criterion, location)
            yield from _idle_helpers(source, location, criterion, atoms)
    concepts = reading.book.concepts.values()
    systems = {code.system for concept in concepts for code in concept.codes if is_known(code.system)}
    for source in reading.concepts:
        yield from _odd_units(source)
        if source.path in of_interest:
            yield from _odd_codes(source, systems)


def _mistaken(reading: Reading) -> Iterator[Problem]:
    """What the rules say that cannot be meant. Only of rules that load."""
    book = reading.book
    for source, syntax in reading.findings:
        finding = book.findings[syntax.finding]
        yield from contradictions_of_finding(source, syntax, finding, book.concepts)
        yield from implausible_limits(source, syntax.atoms, finding.atoms, ("atoms",), book.concepts)
    for source, trial in reading.trials:
        translated = book.trials[trial.trial]
        yield from contradictions_of_trial(source, trial.criteria, translated, book.concepts)
        yield from overlaps(source, trial.criteria, translated, book.findings)
        for index, (criterion, meant) in enumerate(zip(trial.criteria, translated.criteria, strict=True)):
            location: Location = ("criteria", index)
            where = (*location, "atoms")
            yield from implausible_limits(source, criterion.atoms, meant.atoms, where, book.concepts)
            yield from other_numbers(source, criterion, meant.atoms, location, book.concepts)


def _misnamed(source: SourceFile, location: Location, criterion: CriterionSyntax) -> Iterator[Problem]:
    """An id whose letter says another kind: whoever reads a list of ids takes it for that."""
    letter = _LETTERS[criterion.kind]
    if re.fullmatch(rf"{letter}\d+", criterion.id) is None:
        message = f"{criterion.id} is of kind {criterion.kind.value}"
        yield source.problem(
            location, message, f"its id is {letter} and a number, such as {letter}01; or is the kind wrong?"
        )


def _newest_of_several(source: SourceFile, criterion: CriterionSyntax, location: Location) -> Iterator[Problem]:
    """Quoted atoms of several concepts: of ALT and AST the newest alone would count, and hide the other."""
    for index, atom in enumerate(criterion.atoms):
        if not isinstance(atom, (MeasurementAtom, ResultAtom)) or atom.quote is None:
            continue
        if atom.note or "take" in atom.model_fields_set:
            continue
        key, names = ("measurement", atom.measurement) if isinstance(atom, MeasurementAtom) else ("result", atom.result)
        if len(names) > 1:
            message = f"the newest of {' and '.join(names)} decides alone, whatever the others say"
            hint = "write an atom for each; or say in its note why that is right"
            yield source.problem((*location, "atoms", index, key), message, hint)


def _all_untested(reading: Reading, came_to: _CameTo) -> Iterator[Problem]:
    for source, trial in reading.trials:
        for index, criterion in enumerate(trial.criteria):
            if [type(atom) for atom in criterion.atoms] == [JudgementAtom] and not criterion.examples:
                continue  # whatever the words, it is what a person answers, and open before
            yield from _untested(source, ("criteria", index, "id"), criterion.id, criterion, came_to)
    for source, finding in reading.findings:
        yield from _untested(source, ("finding",), finding.finding, finding, came_to)


def _untested(
    source: SourceFile, location: Location, name: str, syntax: CriterionSyntax | FindingFile, came_to: _CameTo
) -> Iterator[Problem]:
    """The outcomes that no example expects, nor came to."""
    shown = {*(example.expect for example in syntax.examples), *came_to.get((source.path, name), ())}
    missing = [outcome for outcome in _OUTCOMES if outcome not in shown and outcome not in syntax.never]
    if missing:
        hint = "add one, or say under 'never' why there can be none"
        yield source.problem(location, f"{name} has no example that expects {' or '.join(missing)}", hint)


def _idle_helpers(
    source: SourceFile, location: Location, criterion: CriterionSyntax, atoms: Sequence[Atom]
) -> Iterator[Problem]:
    read = {name for atom in atoms for name in atoms_read(atom)}
    for index, atom in enumerate(criterion.atoms):
        if atom.helper is not None and atom.role is None and atom.id not in read:
            hint = "name it in a condition, or make it a hint (role: hint)"
            yield source.problem((*location, "atoms", index, "id"), f"nothing uses the helper '{atom.id}'", hint)


def _odd_units(source: SourceFile) -> Iterator[Problem]:
    """Units of concepts that are not UCUM. The file has been validated or is reported already."""
    concepts = source.data.get("concepts") if isinstance(source.data, dict) else None
    for index, concept in enumerate(concepts if isinstance(concepts, list) else []):
        if not isinstance(concept, Mapping):
            continue
        unit, factors = concept.get("unit"), concept.get("factors")
        if isinstance(unit, str) and not is_ucum(unit):
            yield source.problem(("concepts", index, "unit"), f"'{unit}' is not a UCUM unit")
        for other in factors if isinstance(factors, Mapping) else {}:
            if not is_ucum(other):
                yield source.problem(("concepts", index, "factors", other), f"'{other}' is not a UCUM unit")


def _misspelt(system: str, known: Iterable[str]) -> str | None:
    """The code system that is meant, where this is its URI but for a slip. FHIR's own URIs are all alike."""
    if system.startswith(_FHIR_IDS):
        return None
    near = [each for each in known if SequenceMatcher(None, system.casefold(), each.casefold()).ratio() > _SLIP]
    return next(iter(sorted(near)), None)


def _odd_codes(source: SourceFile, known: Collection[str]) -> Iterator[Problem]:
    """Codes with a wrong check digit, or not written like those of their system. Local systems have no such rules."""
    try:
        concepts = validate(ConceptsFile, source).concepts
    except RuleFilesError:
        return  # reported already
    for index, concept in enumerate(concepts):
        for system, codes in concept.codes.items():
            if system not in known and (meant := _misspelt(system, known)):
                message = f"no record names the code system '{system}'"
                yield source.problem(("concepts", index, "codes", system), message, f"did you mean '{meant}'?")
            for place, code in enumerate(codes if is_known(system) else []):
                if fault := fault_of(system, code.code, code.match):
                    where = ("concepts", index, "codes", system, place, "code")
                    yield source.problem(where, fault, "copy it from its source")
