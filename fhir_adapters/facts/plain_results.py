"""The results of which there are most: a number with its unit, of one time, and nothing beside it that bears on it.

They are read as `observations` reads any other, in fewer steps: all but their number and date recurs.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from msgspec import Struct

from trialsieve.engine.facts import Fact
from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.codes.meaning import Meaning
from trialsieve.fhir_adapters.codes.naming import Named, Names
from trialsieve.fhir_adapters.elements.dates import Clock
from trialsieve.fhir_adapters.elements.quantities import Beside, factor_for_all, number, plain, read_beside, scaled
from trialsieve.fhir_adapters.elements.shapes import Json
from trialsieve.fhir_adapters.facts.observations import STATING, stated_of
from trialsieve.fhir_adapters.values.specimens import of_a_vein
from trialsieve.rules.kept import Kept
from trialsieve.rules.vocabulary import Certainty, Kind, Reason, Role, State

_REMEMBERED: Final = 1 << 13
_REQUIRED: Final = frozenset({"status", "effectiveDateTime", "valueQuantity"})
# What else an Observation may have without its saying anything else.
_WITHOUT_BEARING: Final = frozenset(
    """
    resourceType id meta text language identifier basedOn partOf category code subject encounter context performer
    issued
    """.split()  # noqa: SIM905
)
_OBSERVATION: Final = Kind.OBSERVATION
_NO_STATE: Final = State.UNSTATED
_UNSPECIFIC, _NO_RANGE, _UNIT = Reason.UNSPECIFIC, Reason.NO_REFERENCE_RANGE, Reason.UNIT


def is_plain(elements: Collection[str]) -> bool:
    """Whether an Observation with these elements is such a result, if each is well-formed."""
    return _REQUIRED.issubset(elements) and _WITHOUT_BEARING.issuperset(set(elements) - _REQUIRED)


class _Scale(Struct, frozen=True, gc=False):
    """One concept that the code names, and what a number of this unit is multiplied by; None: it has no unit."""

    named: Named
    factor: Decimal | None


class _Way(Struct, frozen=True, gc=False):
    """What results of one code, status and unit have in common. Without scales they have to be read as any other."""

    meaning: Meaning  # by its identity it is known; it is held, so that its identity stays its own
    certainty: Certainty = Certainty.FIRM
    unit: str = ""
    doubt: str = ""
    scales: tuple[_Scale, ...] = ()


Times = dict[tuple[str, str], tuple[DateInterval | None, DateInterval | None]]
"""By `effectiveDateTime` and `issued`, when results were, and when they were noted if that was earlier."""


class PlainResults:
    """Reads such results, remembering what they have in common."""

    def __init__(self, names: Names) -> None:
        self._names = names
        # By identity of the meaning of the code; each is held, so that its identity stays its own.
        self._known: Kept[tuple[object, ...], _Way] = Kept(_REMEMBERED)

    def facts(self, reference: str, resource: Json, meaning: Meaning, clock: Clock, times: Times) -> list[Fact] | None:
        """The facts of an Observation that `is_plain`; None, or Unusable raised: it has to be read as any other.

        `times` are those of the same record that were read before.
        """
        quantity, said = resource["valueQuantity"], resource["effectiveDateTime"]
        if type(quantity) is not dict or type(said) is not str or "comparator" in quantity or "extension" in quantity:
            return None
        value = quantity.get("value")
        if value is None:
            return None
        status, unit, code, system = (
            resource["status"],
            quantity.get("unit"),
            quantity.get("code"),
            quantity.get("system"),
        )
        key = (id(meaning), status, unit, code, system)
        try:
            way = self._known.get(key)
        except TypeError:  # something that is no word
            return None
        if way is None:
            way = self._way(resource, meaning)
            if all(word is None or type(word) is str for word in (status, unit, code, system)):
                self._known.keep(key, way)
        if not way.scales:
            return None
        issued = resource.get("issued")
        time = times.get((said, issued)) if type(issued) is str else None
        if time is None:
            when = clock.read(resource, "effectiveDateTime")
            if when is None:
                clock.must_have_read()
            time = when, clock.noted_before(resource, "issued", when)
            if type(issued) is str and not clock.problems:
                times[said, issued] = time
        when, noted = time
        amount = number(value, "valueQuantity.value")
        shown = f"{plain(amount)}{way.unit}{way.doubt} on {said}"
        facts = []
        for scale in way.scales:
            named, interval = scale.named, None
            problem: Reason | None = _UNSPECIFIC
            limit_problem = _NO_RANGE
            if scale.factor is not None:
                interval = scaled(amount, scale.factor, named.concept)
                problem, limit_problem = (_UNIT, _UNIT) if interval is None else (None, _NO_RANGE)
            facts.append(
                Fact(  # not by name, which takes three times as long
                    _OBSERVATION,
                    reference,
                    named.reading.concept,
                    named.reading.role,
                    f"{named.label} {shown}",
                    way.certainty,
                    when,
                    noted,
                    False,  # whether it has ended, and when
                    None,
                    _NO_STATE,
                    interval,
                    problem,
                    None,  # multiples of the limits of a reference range
                    limit_problem,
                    None,
                    limit_problem,
                    None,  # a qualitative result
                    _UNSPECIFIC,
                    named.facets,
                    named.assumptions,
                )
            )
        return facts

    def _way(self, resource: Json, meaning: Meaning) -> _Way:
        if not (meaning.named and meaning.says_something) or meaning.doubted or meaning.in_other_letters:
            return _Way(meaning)
        stated = self._names.stated(stated_of, STATING, resource, meaning.code)
        beside = read_beside(resource["valueQuantity"])
        if stated is None:
            return _Way(meaning)
        scales = [_scale(named, beside) for named in reversed(stated.named)]  # as `observation_facts` has them
        if of_a_vein((meaning.code,), self._names.terms.reader) is not None:
            return _Way(meaning)  # its name may be against its code
        if None in scales:
            return _Way(meaning)
        return _Way(meaning, stated.certainty, beside.shown, stated.doubt, tuple(each for each in scales if each))


def _scale(named: Named, beside: Beside) -> _Scale | None:
    """None where more than the number and one factor is needed to tell what the result says."""
    concept = named.concept
    if named.reading.role is not Role.DEFINITIVE or concept.number_means is not None or named.misnamed:
        return None
    if concept.unit is None:
        return _Scale(named, None)
    factor = factor_for_all(beside, concept, named.reading.codes)
    return None if factor is None else _Scale(named, factor)
