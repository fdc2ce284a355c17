"""A patient's record to a chart of facts, by one rule book and for the concepts that are wanted of it."""

from __future__ import annotations

from datetime import date
from typing import Final

from trialsieve.engine.facts import Chart
from trialsieve.fhir_adapters.codes.meaning import QUIET
from trialsieve.fhir_adapters.elements.codings import read_coded
from trialsieve.fhir_adapters.elements.mention_places import is_of_diagnosis
from trialsieve.fhir_adapters.elements.shapes import Json, Unusable
from trialsieve.fhir_adapters.facts.learnt import Learnt
from trialsieve.fhir_adapters.facts.record_reading import RecordReading
from trialsieve.fhir_adapters.inputs.quiet import Quiet
from trialsieve.fhir_adapters.records.record import InputProblem, Record
from trialsieve.rules.kept import Kept
from trialsieve.rules.rule_book import RuleBook
from trialsieve.rules.vocabulary import Kind

KEPT_BUILDERS: Final = 8
"""How many builders `build_chart` keeps. What one of five trials learns is 1 MB, or 20 ms."""


class ChartBuilder:
    """Builds charts by one rule book, and remembers what it learns of codes. Not for several threads at once."""

    def __init__(self, book: RuleBook, wanted: frozenset[str] | None = None) -> None:
        """`wanted` are the concepts that the screened trials read (None: all of the book's); others are skipped."""
        self.book = book
        self._wanted = wanted
        self._kept: Kept[None, Learnt] = Kept(1)  # a table, so that it is emptied with all others

    def build(
        self,
        record: Record,
        problems: list[InputProblem],
        *,
        as_of: date | None = None,
    ) -> Chart:
        """The chart of a record.

        `as_of`: the day for which it is screened. By it are told what contradicts itself only once a day has passed (a
        drug still taken after its last day), and a birth date of nobody alive. What cannot be used is added to
        `problems`, each resource once. Never raises for what a record holds.
        """
        return RecordReading(self._learnt(), record, problems, as_of).chart()

    def quiet_codes(self) -> Quiet:
        """Which resources mean nothing to the wanted concepts, for those who need not build them."""
        learnt = self._learnt()
        understanding = learnt.understanding

        def means_nothing(code: Json) -> bool:
            try:
                meaning = understanding.of(Kind.OBSERVATION, read_coded(code, "code"))
                return meaning is QUIET and not is_of_diagnosis(code)
            except Unusable:
                return False

        spoken_of = frozenset(kind for concept in learnt.terms.concepts.values() for kind in concept.kinds)
        return Quiet(means_nothing, learnt.mentions.may_say, frozenset(Kind) - spoken_of)

    def _learnt(self) -> Learnt:
        learnt = self._kept.get(None)
        if learnt is None:
            learnt = Learnt.of(self.book, self._wanted)
            self._kept.keep(None, learnt)
        return learnt


# By identity of the book, which its builder holds.
_builders: Final[Kept[tuple[int, frozenset[str] | None], ChartBuilder]] = Kept(KEPT_BUILDERS)


def build_chart(
    record: Record,
    book: RuleBook,
    problems: list[InputProblem],
    *,
    wanted: frozenset[str] | None = None,
    as_of: date | None = None,
) -> Chart:
    """The chart of one record by a rule book; a builder is kept for each of the last few books and wanted sets."""
    builder = _builders.get((id(book), wanted))
    if builder is None:
        builder = ChartBuilder(book, wanted)
        _builders.keep((id(book), wanted), builder)
    return builder.build(record, problems, as_of=as_of)
