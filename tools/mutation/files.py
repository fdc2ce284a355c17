"""Every change of a trial file or a finding file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mutation.atoms import Surroundings, of_atom, of_sex
from mutation.logic import of_cases, of_logic
from mutation.places import Change, Place
from trialsieve.rules.concept import Concept

_OTHER_KIND = {"inclusion": "exclusion", "exclusion": "inclusion", "infusion": "exclusion"}


def of_trial(data: Any, concepts: Mapping[str, Concept]) -> Iterator[Change]:
    """The changes of a trial's gates and criteria."""
    file = Place(data)
    around = Surroundings(concepts, data["anchors"])
    for index, cohort in enumerate(data["cohorts"]):
        if "gate" in cohort:
            yield file.at("cohorts", index).drop("gate")
            yield from of_atom(file.at("cohorts", index, "gate"), around)
    for index in range(len(data["criteria"])):
        yield from _of_criterion(file.at("criteria", index), data, around)


def _of_criterion(place: Place, trial: Mapping[str, Any], around: Surroundings) -> Iterator[Change]:
    criterion = place.value
    kind = criterion["kind"]
    yield place.at("kind").put(_OTHER_KIND[kind], f"{kind} -> {_OTHER_KIND[kind]}")
    cohorts = ["all", *(cohort["id"] for cohort in trial["cohorts"])]
    for key, default, declared in (("stage", "screening", trial["stages"]), ("cohort", "all", cohorts)):
        given = criterion.get(key, default)
        for other in dict.fromkeys(declared):
            if other != given:
                yield place.edit(key if key in criterion else "id", f"{key} {given} -> {other}", add={key: other})
    yield from of_sex(place)
    if "logic" in criterion:
        yield from of_logic(place.at("logic"))
    for name in criterion.get("readings", {}):
        yield from of_logic(place.at("readings", name))
    for index in range(len(criterion["atoms"])):
        yield from of_atom(place.at("atoms", index), around)


def of_finding(data: Any, concepts: Mapping[str, Concept]) -> Iterator[Change]:
    """The changes of a finding."""
    file = Place(data)
    yield from of_logic(file.at("true_when"))
    if "false_when" in data:
        yield file.drop("false_when")
        yield from of_logic(file.at("false_when"))
    if "suspicions" in data:
        yield from of_cases(file.at("suspicions"))
    if "date_from" in data:
        yield file.drop("date_from")
        if isinstance(data["date_from"], list) and len(data["date_from"]) > 1:
            for index, name in enumerate(data["date_from"]):
                yield file.at("date_from").without_item(index, f"{name} dropped")
        given = data.get("date_is", "latest")
        other = "first" if given == "latest" else "latest"
        key = "date_is" if "date_is" in data else "date_from"
        yield file.edit(key, f"date_is {given} -> {other}", add={"date_is": other})
    around = Surroundings(concepts, ["screening"])
    for index in range(len(data["atoms"])):
        yield from of_atom(file.at("atoms", index), around)
