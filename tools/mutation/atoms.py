"""Changes of one atom: what it tests, when that must have been, and what may keep it open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mutation.logic import of_cases, of_logic, of_reason
from mutation.numbers import of_bounds, of_span, of_window
from mutation.places import Change, Place
from trialsieve.rules.concept import Concept
from trialsieve.rules.vocabulary import AbsenceRule, Timing

_SUBJECTS = ("measurement", "result", "recorded", "negated")
_BOUNDS = ("age", "value", "times_upper_limit", "times_lower_limit")
_DROPPED = ("not_older_than", "at_time_of", "facets", "only", "heed_numbers", "all_supporting")
_OTHER_SEX = {"male": "female", "female": "male"}
_OTHER_SUBJECT = {"recorded": "negated", "negated": "recorded"}
_TAKES = ("latest", "any", "all")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an atom's changes depend on beside the atom: the concepts, and the anchors of its file."""

    concepts: Mapping[str, Concept]
    anchors: list[str]


def of_atom(place: Place, around: Surroundings) -> Iterator[Change]:
    """Every change of one atom."""
    atom = place.value
    for name in atom.get("readings", {}):
        yield from _of_test(place.at("readings", name), around)
    yield from _of_test(place, around)
    if "absent" in atom:
        yield place.drop("absent")
    elif not {"helper", "judgement", "unresolved"} & atom.keys():  # an unknown stays unknown
        yield place.edit("id", "absent added", add={"absent": True})
    if "when" in atom:
        yield place.drop("when")
        yield from of_logic(place.at("when"))
    if "review_when" in atom:
        yield from of_cases(place.at("review_when"))
    yield from of_sex(place)
    if "sex" in atom and isinstance(atom["sex"], str):
        yield place.at("sex").put(_OTHER_SEX[atom["sex"]], f"-> {_OTHER_SEX[atom['sex']]}")
    if "unresolved" in atom:
        other = "registry-error" if atom["unresolved"] == "truncated" else "truncated"
        yield place.at("unresolved").put(other, f"-> {other}")
    if "since" in atom:
        for anchor in [name for name in around.anchors if name != atom["since"]][:1]:
            yield place.at("since").put(anchor, f"-> {anchor}")


def of_sex(place: Place) -> Iterator[Change]:
    """`applies_to` of an atom or a criterion."""
    given = place.value.get("applies_to")
    if given is not None:
        yield place.drop("applies_to")
        yield place.at("applies_to").put(_OTHER_SEX[given], f"{given} -> {_OTHER_SEX[given]}")


def _of_test(place: Place, around: Surroundings) -> Iterator[Change]:
    test = place.value
    on_record = "recorded" in test or "negated" in test
    for key in _BOUNDS:
        if key in test:
            yield from of_bounds(place.at(key))
    for key in _SUBJECTS:
        if isinstance(test.get(key), list) and len(test[key]) > 1:
            for index, name in enumerate(test[key]):
                yield place.at(key).without_item(index, f"{name} dropped")
    yield from of_window(place, around.anchors, on_record=on_record)
    yield from _of_relations(place)
    for key in _DROPPED:
        if key in test:
            yield place.drop(key)
    for key in ("skip", "states", "in", "not_in"):
        if key in test:
            yield from _of_words(place, key)
    if "measurement" in test or "result" in test:
        yield from _of_results(place)
    if on_record:
        yield from _of_record(place, around)


def _of_results(place: Place) -> Iterator[Change]:
    test = place.value
    take = test.get("take", "latest")
    key = "take" if "take" in test else "measurement" if "measurement" in test else "result"
    for other in _TAKES:
        if other != take:
            drop = {"heed_numbers"}  # which is for the latest alone
            yield place.edit(key, f"take {take} -> {other}", drop=drop, add={"take": other})
    if "is" in test:
        other = "negative" if test["is"] == "positive" else "positive"
        yield place.at("is").put(other, f"{test['is']} -> {other}")
    if "currency" in test:
        yield place.drop("currency")
        if test["currency"] != "none":
            yield place.at("currency").put("none", f"{test['currency']} -> none")
    elif not {"within", "less_than"} & test.keys():
        yield place.edit(key, "currency none added", add={"currency": "none"})


def _of_record(place: Place, around: Surroundings) -> Iterator[Change]:
    test = place.value
    subject = "recorded" if "recorded" in test else "negated"
    yield place.rename(subject, _OTHER_SUBJECT[subject])
    timing = test.get("timing")
    for other in Timing:
        if timing is None or other.value == timing or {timing, other.value} == {"ever", "index-disease"}:
            continue  # ever and index-disease are one rule (docs/semantics.md, 3.1, *Timing of an entry*)
        yield place.edit("timing", f"{timing} -> {other.value}", drop={"currency"}, add={"timing": other.value})
    if timing == "current":
        if "currency" in test:
            yield place.drop("currency")
        if test.get("currency") != "none":
            key = "currency" if "currency" in test else "timing"
            yield place.edit(key, "currency none", add={"currency": "none"})
    names = [test[subject]] if isinstance(test[subject], str) else test[subject]
    absence = test.get("absence", "unknown")
    for rule in AbsenceRule:
        if rule.value == absence or any(around.concepts[name].gap for name in names):
            continue  # nothing is presumed of a concept with a gap, whatever the rule says
        drop = {"presume_unless"} if rule is not AbsenceRule.PRESUME else set()
        key = "absence" if "absence" in test else subject
        yield place.edit(key, f"absence {absence} -> {rule.value}", drop=drop, add={"absence": rule.value})
    if "presume_unless" in test:
        yield place.drop("presume_unless")
    if "still_active" in test:
        yield place.drop("still_active")
        yield of_reason(place.at("still_active"))
    if "review" in test:
        yield from _of_review(place.at("review"))


def _of_review(place: Place) -> Iterator[Change]:
    yield from of_cases(place)
    for index, case in enumerate(place.value):
        given = [key for key in case if key not in {"says", "reason"}]
        if len(given) > 1:
            for key in given:
                yield place.at(index).drop(key)
        for key in ("concepts", "states"):
            if isinstance(case.get(key), list) and len(case[key]) > 1:
                for number, name in enumerate(case[key]):
                    yield place.at(index, key).without_item(number, f"{name} dropped")


def _of_relations(place: Place) -> Iterator[Change]:
    """What must come before or after what."""
    test = place.value
    if "after" in test:
        yield place.drop("after", "within_after")
    if "within_after" in test:
        yield place.drop("within_after")
        yield from of_span(place, "within_after")
    if "not_before" in test:
        names = test["not_before"]
        if isinstance(names, str) or len(names) == 1:
            yield place.drop("not_before")
        else:
            for index, name in enumerate(names):
                yield place.at("not_before").without_item(index, f"{name} dropped")


def _of_words(place: Place, key: str) -> Iterator[Change]:
    """Lists of states, of facets that do not count, and of values that a facet may have."""
    given = place.value[key]
    if key == "in":
        yield place.rename("in", "not_in")
    elif key == "not_in":
        yield place.rename("not_in", "in")
    else:
        yield place.drop(key)
    lists = [place.at(key, name) for name in given] if isinstance(given, Mapping) else [place.at(key)]
    for each in lists:
        if isinstance(each.value, list) and len(each.value) > 1:
            for index, word in enumerate(each.value):
                yield each.without_item(index, f"{word} dropped")
