"""Reading JSON whose shape cannot be trusted: each function gives what FHIR promises, or says what it found instead."""

from __future__ import annotations

import re
from collections.abc import KeysView, Mapping
from typing import Any, Final

Json = Mapping[str, Any]

_NO_LETTER: Final = re.compile(r"[^a-z]")
_DENIAL: Final = re.compile(
    "negat(?:ed|ion)|not(?:done|performed|given|taken|administered)|donotperform|dataabsentreason"
)


class Unusable(Exception):  # noqa: N818 - caught once per resource; it never leaves the package
    """Why a resource must be set aside: it is not what FHIR says, or must not be processed unless understood."""


class Malformed(Unusable):
    """An element that is not what FHIR says it is."""

    def __init__(self, path: str, found: object, wanted: str) -> None:
        super().__init__(f"{path} is {_name(found)}, not {wanted}")


def _name(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((str, "text"), (int, "a number"), (float, "a number"), (list, "a list"), (dict, "an object")):
        if isinstance(value, kind):
            return name
    return type(value).__name__


def an_object(parent: Json, key: str, path: str = "") -> Json | None:
    """The object under `key`; None if it is absent, null or empty."""
    value = parent.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Malformed(path or key, value, "an object")
    return value or None


def objects(parent: Json, key: str, path: str = "", *, single: bool = False) -> list[Json]:
    """The list of objects under `key`. With `single`, one object stands for a list of one (FHIR versions differ)."""
    value = parent.get(key)
    if value is None:
        return []
    if single and isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise Malformed(path or key, value, "a list")
    for item in value:
        if item is not None and not isinstance(item, dict):
            raise Malformed(path or key, item, "an object")
    return [item for item in value if item]


def objects_in(value: object, *, single: bool = False) -> list[dict[str, Any]]:
    """As `objects`, of what is found somewhere; all else is passed over, without an error."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return [value] if single and isinstance(value, dict) else []


def a_text(parent: Json, key: str, path: str = "") -> str | None:
    """The string under `key`, stripped; None if it is absent, null or blank."""
    value = parent.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Malformed(path or key, value, "text")
    return value.strip() or None


def a_flag(parent: Json, key: str) -> bool | None:
    """The boolean under `key`; the strings "true" and "false" are what some servers write for it."""
    value = parent.get(key)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip() in ("true", "false"):
        return value.strip() == "true"
    raise Malformed(key, value, "true or false")


def choice(*names: str) -> KeysView[str]:
    """The names of a choice element, for `only_one`, in the order in which a fault names them."""
    return dict.fromkeys(names).keys()


def only_one(parent: Json, names: KeysView[str]) -> str | None:
    """Which of the names of a choice element (`value[x]`) is present; two of them are a fault."""
    found = parent.keys() & names
    if len(found) == 1:
        name = found.pop()
        return name if parent[name] is not None else None
    present = [name for name in found if parent[name] is not None]
    if len(present) > 1:
        present.sort(key=list(names).index)
        raise Unusable(f"{' and '.join(present)} stand side by side, and only one of them may")
    return present[0] if present else None


def refuse_modifiers(element: Json, path: str) -> None:
    """FHIR forbids processing what carries a modifier extension that is not understood, and none is understood here.

    An ordinary extension may not change what an element says. Where one seems to deny it, neither is believed.
    """
    if element.get("modifierExtension"):
        urls = [str(item.get("url")) for item in objects(element, "modifierExtension", single=True)]
        raise Unusable(f"{path} has a modifier extension that is not understood ({', '.join(urls)[:120]})")
    if element.get("extension"):
        for item in objects(element, "extension", single=True):
            if _denies(item):
                raise Unusable(f"{path} has an extension that seems to deny it ({str(item['url'])[:120]})")


def _denies(extension: Json) -> bool:
    """By the name that its address ends with; not where it answers no."""
    url = extension.get("url")
    if not isinstance(url, str) or extension.get("valueBoolean") in (False, "false"):
        return False
    name = _NO_LETTER.sub("", re.split("[/:#]", url)[-1].lower())
    return _DENIAL.search(name) is not None


def has_absent_reason(element: Json) -> bool:
    """Whether an extension says why the element has no value."""
    return any(str(item.get("url")).endswith("/data-absent-reason") for item in objects_in(element.get("extension")))
