"""One client of the load: asks, and holds every answer to what must be true of all of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from random import Random
from typing import Any, Final

import orjson
from load_tokens import Signer
from service_patients import markers_in

ORIGIN: Final = "https://ehr.example.org"
SECONDS: Final = 60
MOST_TOLD: Final = 30

SEVERITIES: Final = frozenset({"fatal", "error", "warning", "information"})


@dataclass
class Tally:
    """What all clients found, together."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    own_marks: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, case: str, status: int) -> None:
        with self._lock:
            self.requests += 1
            self.answers[case, status] += 1

    def violated(self, what: str) -> None:
        """Something that must not be. It is told once, with how often it was found."""
        with self._lock:
            self.violations[what] += 1

    def marked(self, what: str) -> None:
        """An answer in which something of its own patient was found: the check of markers can find something."""
        with self._lock:
            self.own_marks[what] += 1


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; its headers are in lower case. `status` 0: there was none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


NOTHING: Final = Answered(0, {}, b"")


class Session:
    """One client with a connection that it keeps."""

    def __init__(self, port: int, signer: Signer, tally: Tally, random: Random) -> None:
        self.port = port
        self.signer = signer
        self.tally = tally
        self.random = random
        self.case = ""
        self._connection: HTTPConnection | None = None

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: set[int],
        patient: int | None = None,
        caller: int = 0,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One request and its checked answer; `patient` is whose data may stand in it."""
        sent = {"Origin": ORIGIN, "Authorization": f"Bearer {token or self.signer.token(path, caller)}"}
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        answer = self._exchange(method, path, body, {name: value for name, value in sent.items() if value})
        self.tally.answered(self.case, answer.status)
        self._check(answer, expect, patient)
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answered:
        """The server may close a connection that was kept: one more is tried, and must work."""
        for attempt in range(2):
            fresh = self._connection is None
            connection = self._connection = self._connection or HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
            try:
                response = self._sent(connection, method, path, body, headers)
                read = response.read()
            except (HTTPException, OSError) as error:
                self.close()
                if fresh or attempt:
                    self.tally.violated(f"{self.case}: no answer: {type(error).__name__}")
                    return NOTHING
                continue
            if response.will_close:
                self.close()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answered(response.status, found, read)
        return NOTHING

    @staticmethod
    def _sent(connection: HTTPConnection, method: str, path: str, body: Any, headers: dict[str, str]) -> HTTPResponse:
        try:
            connection.request(
                method, path, body, headers, encode_chunked=headers.get("Transfer-Encoding") == "chunked"
            )
        except (BrokenPipeError, ConnectionResetError):
            if connection.sock is None:
                raise  # else the answer came before all was sent
            response = HTTPResponse(connection.sock, method=method)
            response.begin()
            return response
        return connection.getresponse()

    def _check(self, answer: Answered, expect: set[int], patient: int | None) -> None:
        if answer.status == 0:
            return
        if answer.status not in expect | {503}:
            self.tally.violated(
                f"{self.case}: status {answer.status}, expected {sorted(expect)}: {answer.body[:200]!r}"
            )
        if answer.headers.get("access-control-allow-origin") not in {"*", ORIGIN}:
            self.tally.violated(f"{self.case}: status {answer.status} without CORS headers")
        if answer.status >= 400:
            self._check_error(answer)
        found = markers_in(answer.body.decode("utf-8", "replace") + str(dict(answer.headers)))
        strangers = found - {patient} if answer.status < 400 else found
        if strangers:
            self.tally.violated(f"{self.case}: ANOTHER PATIENT'S DATA in an answer of status {answer.status}")
        if patient in found:
            self.tally.marked(self.case)

    def _check_error(self, answer: Answered) -> None:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind == "text/html" and self.case.startswith("page"):
            return
        if answer.status == 401 and "www-authenticate" not in answer.headers:
            self.tally.violated(f"{self.case}: 401 without WWW-Authenticate")
        if answer.status == 401 and not answer.body:
            return
        fault = outcome_fault(answer.body) if kind == "application/fhir+json" else f"is {kind}"
        if fault is None and answer.status == 401 and "diagnostics" in answer.json()["issue"][0]:
            fault = "says why a token is refused"
        if fault is not None:
            self.tally.violated(f"{self.case}: an error of status {answer.status} {fault}: {answer.body[:200]!r}")


def outcome_fault(body: bytes) -> str | None:
    """Why a body is no OperationOutcome as FHIR has it; None if it is one."""
    try:
        outcome = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "is not JSON"
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome":
        return "is no OperationOutcome"
    issues = outcome.get("issue")
    if not isinstance(issues, list) or not issues:
        return "names no issue"
    for issue in issues:
        if issue.get("severity") not in SEVERITIES or not issue.get("code"):
            return "has an issue without severity or code"
    return None
