"""When a Condition (or AllergyIntolerance) began, was recorded and ended, as the resource tells it."""

from __future__ import annotations

import re
from typing import Final

from trialsieve.engine.interval import DateInterval
from trialsieve.fhir_adapters.elements.dates import Clock, until
from trialsieve.fhir_adapters.elements.shapes import Json, a_flag, a_text, an_object, choice, objects, only_one
from trialsieve.fhir_adapters.facts.statements import Timing
from trialsieve.rules.vocabulary import State

_ASSERTED: Final = "/condition-assertedDate"
_RECORDED: Final = ("recordedDate", "assertedDate", "dateRecorded")  # R4 and R5, STU3, DSTU2
_ONSET: Final = choice("onsetDateTime", "onsetPeriod", "onsetAge", "onsetRange", "onsetString")
_ABATEMENT: Final = choice(
    "abatementDateTime",
    "abatementPeriod",
    "abatementAge",
    "abatementRange",
    "abatementString",
    "abatementBoolean",
)
# Words in place of an abatement that there was none, or not yet, or nobody knows of one; or a flag or a dash.
_NO_END: Final = re.compile(
    r"\b(?:no|not|none|never|unknown|n/?a|ongoing|still|present|active|current|chronic|persist\w*"
    r"|false|unresolved|resolving|improving|continu\w*|lifelong|pending|expected|planned|next|will"
    r"|nein|nicht|kein\w*|noch|aktiv\w*|andauernd|anhaltend|unbekannt)\b|^\W*(?:[0fn]\W*)?$",
    re.IGNORECASE,
)
_SAYS_SO: Final = frozenset({State.RESOLVED, State.REMISSION})


def condition_timing(resource: Json, clock: Clock) -> Timing:
    """Onset, assertion and abatement of a Condition (or AllergyIntolerance, which does not abate)."""
    when, onset = _onset(resource, clock)
    ended, ended_when = _abatement(resource, clock)
    recorded = _recorded_on(resource, clock)
    if recorded is None:
        recorded = clock.held_before(resource, when)
    elif (held := clock.held_before(resource, recorded)) is not None:
        recorded = until(held)  # its own day of recording must be wrong
    return Timing(onset or noted_words(resource), when, recorded, ended, ended_when)


def _onset(resource: Json, clock: Clock) -> tuple[DateInterval | None, str]:
    """onset[x]: the interval, and the record's words for it. An age needs the birth date; words are no date."""
    name = only_one(resource, _ONSET)
    if name is None:
        return None, ""
    value = resource[name]
    if name == "onsetDateTime":
        return clock.read(resource, name), f"onset {value}"
    if name == "onsetString":
        return None, f"onset '{str(value)[:60]}'"
    if name == "onsetPeriod":
        return clock.period(resource, name), f"onset {_sides(value)}"
    if name == "onsetAge":
        return clock.age(resource, name), f"onset at {_quantity_words(value)}"
    return clock.age_range(resource, name), "onset at an age given as a range"


def _sides(period: object) -> str:
    return f"{period.get('start') or '?'} to {period.get('end') or '?'}" if isinstance(period, dict) else "unreadable"


def _quantity_words(value: object) -> str:
    if not isinstance(value, dict):
        return "an unreadable age"
    return f"{value.get('value')} {value.get('unit') or value.get('code') or ''}".strip()


def _recorded_on(resource: Json, clock: Clock) -> DateInterval | None:
    """The date of its recording, under any version's name, or the assertedDate extension."""
    for name in _RECORDED:
        if resource.get(name) is not None:
            return clock.read(resource, name)
    if resource.get("extension"):
        for extension in objects(resource, "extension"):
            if (a_text(extension, "url", "extension.url") or "").endswith(_ASSERTED):
                return clock.read(extension, "valueDateTime")
    return None


def _abatement(resource: Json, clock: Clock) -> tuple[bool, DateInterval | None]:
    """Whether it has ended, and when."""
    name = only_one(resource, _ABATEMENT)
    if name is None:
        return False, None
    if name == "abatementBoolean":
        return bool(a_flag(resource, name)), None
    if name == "abatementDateTime":
        return True, clock.read(resource, name)
    if name == "abatementPeriod":
        return True, clock.period(resource, name)
    if name == "abatementAge":
        return True, clock.age(resource, name)
    if name == "abatementRange":
        return True, clock.age_range(resource, name)
    return _NO_END.search(a_text(resource, name) or "") is None, None


def end_words(resource: Json, timing: Timing, state: State) -> tuple[str, ...]:
    """The abatement as recorded, since its day may be still to come; without a day, that it is said to be over."""
    if timing.ended_when is None:
        return () if state in _SAYS_SO else ("ended",)
    if resource.get("abatementDateTime") is not None:
        return (f"abatement {resource['abatementDateTime']}",)
    if resource.get("abatementPeriod") is not None:
        return (f"abatement {_sides(resource['abatementPeriod'])}",)
    age = resource.get("abatementAge")
    return (f"abatement at {_quantity_words(age)}" if age is not None else "abatement at an age given as a range",)


def noted_words(resource: Json) -> str:
    """When it was recorded, in the words of the record."""
    for name in _RECORDED:
        if resource.get(name) is not None:
            return f"recorded {resource[name]}"
    return "recorded without a date" if an_object(resource, "code") else "undated"
