"""What pydantic found wrong, as one sentence a rule author understands."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic_core import ErrorDetails

Location = tuple[str | int, ...]

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
"""What our own ids look like."""

NAME_RULE = "a name is letters, digits, '-', '_' and '.'"

_TURNING_ROUND = frozenset({"absent"})
"""Keys that make true false: no hint for a misspelt key."""

_MAPPING = "a mapping (key: value)"
_WANTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "float_type": "a number",
    "float_parsing": "a number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "date_type": "a date (YYYY-MM-DD)",
    "date_parsing": "a date (YYYY-MM-DD)",
    "date_from_datetime_parsing": "a date (YYYY-MM-DD)",
    "date_from_datetime_inexact": "a date (YYYY-MM-DD)",
}


def problem_of(model: type[BaseModel], data: Any, detail: ErrorDetails) -> tuple[Location, str, str]:
    """Where it is, what is wrong and how to put it right."""
    location: Location = detail["loc"]
    kind, given = detail["type"], detail["input"]
    name = _name(location)
    context: Mapping[str, Any] = detail.get("ctx", {})
    if kind == "missing":
        return location[:-1], f"the key '{location[-1]}' is missing", ""
    if kind == "extra_forbidden":
        known = sorted(known_keys(model, location[:-1]))
        elsewhere = _kinds_that_know(model, location)
        if elsewhere:
            hint = f"'{location[-1]}' belongs to {' or '.join(map(repr, elsewhere))}"
        else:
            hint = did_you_mean(str(location[-1]), [key for key in known if key not in _TURNING_ROUND])
        hint = hint or f"known here: {', '.join(known)}"
        return location, f"unknown key '{location[-1]}'", hint
    if kind in _WANTED:
        hint = "put it in quotes" if kind == "string_type" and isinstance(given, (int, float)) else ""
        if location and _WANTED[kind] == _MAPPING and (keys := sorted(known_keys(model, location))):
            hint = f"its keys: {', '.join(keys)}"
        return location, f"{name} must be {_WANTED[kind]}, not {_described(given)}", hint
    if kind in {"enum", "literal_error"}:
        expected = re.sub(r"<\w+\.\w+: ('[^']*')>", r"\1", str(context["expected"]))  # members of an enum
        words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(", ")]
        words = [word.lower() if word in {"True", "False"} else word for word in words]
        hint = did_you_mean(str(given), words) or f"one of: {', '.join(words)}"
        return location, f"{name} cannot be {_described(given)}", hint
    if kind in {"string_too_short", "too_short"}:
        return location, f"{name} must not be empty" if context["min_length"] == 1 else _plain(name, detail), ""
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        hint = NAME_RULE if pattern == NAME_PATTERN else f"it must match {pattern}"
        if location[-1] == "<atom>":
            hint = _as_logic(str(given)) or hint
        return location, f"{name} cannot be {_described(given)}", hint
    if kind == "no_subject":
        return _subject_problem(location, given, detail["msg"])
    return location, _plain(name, detail), str(context.get("hint", ""))


def _as_logic(words: str) -> str:
    """How logic in words is written; empty if these are not such."""
    for word, key in (("or", "any"), ("and", "all")):
        parts = [part.strip() for part in re.split(rf"(?i)\b{word}\b", words)]
        if len(parts) > 1 and all(re.fullmatch(NAME_PATTERN, part) for part in parts):
            return f"write {{{key}: [{', '.join(parts)}]}}"
    return "write {any: [...]}, {all: [...]} or {not: ...}" if re.search(r"(?i)\b(or|and|not)\b", words) else ""


def subjects_message(what: str, subjects: Iterable[str]) -> str:
    """For a Discriminator's `custom_error_message`: what it is and the keys of which it needs exactly one."""
    return f"{what}: {', '.join(subjects)}"


def _subject_problem(location: Location, given: Any, message: str) -> tuple[Location, str, str]:
    """A mapping that must hold exactly one of some keys, which say what it is, holds none or several."""
    what, _, listed = message.partition(": ")
    subjects = listed.split(", ")
    if not isinstance(given, Mapping):
        hint = "write {all: [...]} or {any: [...]}" if isinstance(given, list) and "any" in subjects else ""
        return location, f"must be {what}, not {_described(given)}", hint
    found = [key for key in given if key in subjects]
    if len(found) > 1:
        return (*location, found[1]), f"{what} can only have one of '{found[0]}' and '{found[1]}'", ""
    for key in given:
        meant = did_you_mean(str(key), subjects)
        if meant:
            return (*location, key), f"unknown key '{key}'", meant
    return location, f"{what} needs one of the keys {', '.join(subjects)}", ""


def _plain(name: str, detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if detail["type"] in {"value_error", "assertion_error"} or "ctx" not in detail or "own" in detail.get("ctx", {}):
        return message
    return f"{name}: {message[0].lower()}{message[1:]}"


def _name(location: Location) -> str:
    """The last key of a location, and for an item of a list the list's."""
    keys = [part for part in location if isinstance(part, str) and not part.startswith("<")]
    return f"'{keys[-1]}'" if keys else "the file"


def _described(given: Any) -> str:
    if given is None:
        return "empty"
    if isinstance(given, Mapping):
        return "a mapping"
    if isinstance(given, (list, tuple)):
        return "a list"
    if isinstance(given, bool):
        return str(given).lower()
    return f"'{given}'" if isinstance(given, str) else str(given)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word; empty if nothing known is near it.

    Of names in groups, such as `lab.alt`, the part after the dot has to be near: by their group alone all would be.
    """
    by_own_part: dict[str, list[str]] = {}
    for name in known:
        by_own_part.setdefault(own_part(name), []).append(name)
    near = difflib.get_close_matches(own_part(word), list(by_own_part), n=1, cutoff=0.6)
    if not near:
        return ""
    (found,) = difflib.get_close_matches(word, by_own_part[near[0]], n=1, cutoff=0)
    return f"did you mean '{found}'?"


def own_part(name: str) -> str:
    """A name without the group that stands before it: `alt` of `lab.alt`."""
    return name.rpartition(".")[2]


# --- which keys a place of a model knows ------------------------------------------------------------------------------


def known_keys(model: type[BaseModel], location: Location) -> set[str]:
    """The keys that the models at this location accept, as they are written in the file."""
    return {key for branch, _ in _models_at(model, location) for key in _keys(branch)}


def _kinds_that_know(model: type[BaseModel], location: Location) -> list[str]:
    """Where one of several kinds is written here, those of the others that accept the last key."""
    *where, tag, key = ("", *location)
    if not (isinstance(tag, str) and tag.startswith("<")):
        return []
    return [kind.strip("<>") for branch, kind in _models_at(model, tuple(where[1:])) if kind and key in _keys(branch)]


def _models_at(model: type[BaseModel], location: Location) -> list[tuple[type[BaseModel], str | None]]:
    """The models that may be at this location, with their tags."""
    candidates: list[Any] = [model]
    for part in location:
        candidates = [inner for candidate in candidates for inner in _inner(candidate, part)]
    return [(branch, tag) for each in candidates for branch, tag in _branches(each) if _is_model(branch)]


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _inner(annotation: Any, part: str | int) -> Iterator[Any]:
    branches = list(_branches(annotation))
    if isinstance(part, str) and part.startswith("<"):
        yield from (branch for branch, tag in branches if tag == part)
        return
    for branch, _ in branches:
        if _is_model(branch):
            for name, field in branch.model_fields.items():
                if part == (field.alias or name):
                    yield _annotated(field.annotation, field.metadata)
        elif get_origin(branch) is not None:
            yield from (argument for argument in get_args(branch)[-2:] if argument is not Ellipsis)


def _annotated(annotation: Any, metadata: list[Any]) -> Any:
    for item in metadata:
        annotation = Annotated[annotation, item]
    return annotation


def _branches(annotation: Any, tag: str | None = None) -> Iterator[tuple[Any, str | None]]:
    """The members of a union, with their tags; anything else is its own only branch."""
    if get_origin(annotation) is Annotated:
        tags = [item.tag for item in annotation.__metadata__ if isinstance(item, Tag)]
        yield from _branches(annotation.__origin__, tags[0] if tags else tag)
    elif get_origin(annotation) in {Union, types.UnionType}:
        for member in get_args(annotation):
            yield from _branches(member, tag)
    else:
        yield annotation, tag


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
