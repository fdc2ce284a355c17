"""Bodies as JSON: whatever is sent, a 400 and never a 500, and no name that stands twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialsieve.service.web.json_body import _may_repeat_names, repeats_names

Small = Callable[..., Any]

SECRET: Final = "Winterbottom"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}{}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": 01}',
        b"// c\n{}",
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\x00"}',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"[" * 50_000_000,
        b'{"a":' * 10_000_000,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b'{"a": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
        b"[]",
        b"null",
        b"7",
        b'"' + SECRET.encode() + b'"',
        b'{"' + SECRET.encode() + b'": ' + SECRET.encode() + b"}",
        b"",
        b" ",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_object(small: Small, body: bytes) -> None:
    answer = small(body_bytes=60_000_000).ask("POST", "/json", content=body)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] in {"structure", "required"}
    assert SECRET not in answer.text


def test_text_that_is_not_utf_8_is_named_by_its_place(small: Small) -> None:
    answer = small().ask("POST", "/json", content=b'{"a": 1,\n"b": "\xe9"}')
    said = answer.json()["issue"][0]["diagnostics"]
    assert said == "The body is not JSON: text that is not UTF-8 (line 2, column 7)."


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/fhir+json", 200),
        ("application/json; charset=utf-8", 200),
        ('Application/JSON; Charset="UTF-8"', 200),
        (None, 200),
        ("application/json; charset=latin-1", 415),
        ("text/json", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/fhir+xml", 415),
        ("", 415),
    ],
)
def test_the_type_of_a_body(small: Small, content_type: str | None, status: int) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert small().ask("POST", "/json", content=b'{"a": 1}', headers=headers).status_code == status


@pytest.mark.parametrize(
    ("body", "repeated"),
    [
        (b'{"patientId": "p1", "patientId": "p2"}', True),
        (b'{"patientId": "p1", "patientId": "p1"}', True),
        (b'{"a": {"b": [{"c": 1, "c": 2}]}}', True),
        (b'{"a": 1, "\\u0061": 2}', True),
        (b'{"a" : 1, "b": 2, "b": 3}', True),
        (b'{"a"\t\r\n : 1, "b": 2, "a": 3}', True),
        (b'{"a\\u0022: \\u0022": 1, "b": 2, "b": 3}', True),
        (b'{"a": "\\u0022: \\u0022", "b": 2, "b": 3}', True),
        (b'{"": 1, "": 2}', True),
        (b'{"a": 1, "A": 2}', False),
        (b'{"a": {"a": {"a": 1}}}', False),
        (b'[{"a": 1}, {"a": 2}]', False),
        (b'{"a": "\\"b\\": 1, \\"b\\": 2"}', False),
        (b'{"a": ": \\": \\" :"}', False),
        ('{"ä\\u00e4": "\\u00e4"}'.encode(), False),
        (b'{"a": "\\\\"}', False),
        (b'{"a": "\\/"}', False),
        (b'{"a": "\\ud83d\\ude00"}', False),
    ],
)
def test_a_name_that_stands_twice_in_one_object(small: Small, body: bytes, repeated: bool) -> None:
    answer = small().ask("POST", "/json", content=b'{"in": ' + body + b"}")
    assert answer.status_code == (400 if repeated else 200)
    assert ("stands twice" in answer.text) is repeated


NAMES: Final = st.sampled_from(["a", "b", '"', '":', "\\", ' ": ', "\u0001", "ä", "😀", ""])
SPACE: Final = st.sampled_from(["", " ", "\n", "\t \r"])


def written(value: Any, draw: Any) -> str:
    """JSON text of lists of members, which may repeat names, with any spaces and escapes."""
    if isinstance(value, list):
        members = (f"{written(name, draw)}{draw(SPACE)}:{draw(SPACE)}{written(one, draw)}" for name, one in value)
        return f"{{{draw(SPACE)}{','.join(members)}{draw(SPACE)}}}"
    text = json.dumps(value, ensure_ascii=draw(st.booleans()))
    a: str = draw(st.sampled_from(["a", "\\u0061"]))
    quote: str = draw(st.sampled_from(['\\"', "\\u0022"]))
    if not isinstance(value, str):
        return text
    return text.replace("a", a) if "\\" in value else text.replace("a", a).replace('\\"', quote)


def distinct(value: Any) -> bool:
    if not isinstance(value, list):
        return True
    return len({name for name, _ in value}) == len(value) and all(distinct(one) for _, one in value)


MEMBERS: Final = st.recursive(
    NAMES | st.integers() | st.booleans(), lambda inner: st.lists(st.tuples(NAMES, inner), max_size=4), max_leaves=12
)


@given(st.lists(st.tuples(NAMES, MEMBERS), max_size=4), st.data())
def test_the_quick_look_never_misses_a_repeated_name(members: list[Any], data: st.DataObject) -> None:
    body = written(members, data.draw).encode()
    assert repeats_names(body) is not distinct(members)
    if not distinct(members):
        assert _may_repeat_names(body, orjson.loads(body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"b":[{"a":2}]}',
        b'{ "a" : 1,\n\t"b" : "c" }',
        '{"\\u00e4": "\\u0009", "\u00e4\u00e4": "\U0001f600"}'.encode(),
        b'{"a": "he said \\"b\\" : yes", "c": "\\\\"}',
        b'{"a": 1e400, "b": 12345678901234567890123}'.replace(b"1e400", b"1e30"),
    ],
)
def test_an_ordinary_body_is_parsed_once(body: bytes) -> None:
    assert not _may_repeat_names(body, orjson.loads(body))
