"""Changes of how atoms combine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mutation.places import Change, Place

_SWAPPED = {"all": "any", "any": "all"}


def of_logic(place: Place) -> Iterator[Change]:
    """Each combination exchanged, each operand dropped or negated."""
    part = place.value
    if not isinstance(part, Mapping):
        yield place.put({"not": part}, "not added")
        return
    (word,) = part
    if word != "not":
        yield place.put({"not": part}, "not added")
    if word in _SWAPPED:
        if len(part[word]) > 1:
            yield place.rename(word, _SWAPPED[word])
        yield from _operands(place.at(word))
    elif word == "at_least":
        count = part[word]["count"]
        for other in (count - 1, count + 1):
            if 0 < other <= len(part[word]["of"]):
                yield place.at(word, "count").put(other, f"{count} -> {other}")
        yield from _operands(place.at(word, "of"))
    elif word == "not_true":
        yield place.rename(word, "not")
        yield place.put(part[word], "not_true removed")
        yield from of_logic(place.at(word))
    else:  # not, unless_shown
        yield place.put(part[word], f"{word} removed")
        yield from of_logic(place.at(word))


def _operands(place: Place) -> Iterator[Change]:
    for index in range(len(place.value)):
        if len(place.value) > 1:
            yield place.without_item(index, "operand dropped")
        yield from of_logic(place.at(index))


def of_cases(place: Place) -> Iterator[Change]:
    """`review_when` and `suspicions`: each case dropped, its reason changed, its condition changed."""
    for index, case in enumerate(place.value):
        yield place.without_item(index, "case dropped")
        yield of_reason(place.at(index, "reason"))
        if "condition" in case:
            yield from of_logic(place.at(index, "condition"))


def of_reason(place: Place) -> Change:
    """Another reason."""
    other = "unspecific" if place.value == "judgement" else "judgement"
    return place.put(other, f"{place.value} -> {other}")
