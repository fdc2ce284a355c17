"""What the load sends: valid, broken and hostile requests, each with the answers that it may get."""

from __future__ import annotations

import contextlib
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

import orjson
from load_material import Patients, entries_of, spoil
from load_session import Session

SERVICE: Final = "/cds-services/trialsieve-patient-view"
MOST_BODY: Final = 3_000_000
BODY_SECONDS: Final = 2


class Cases:
    """Every case takes a session and a new patient's number."""

    def __init__(self, patients: Patients) -> None:
        self.patients = patients

    # --- what is right --------------------------------------------------------------------------------------------

    def hook(self, session: Session, number: int) -> None:
        """A chart is opened; now and then, the explanation is read and feedback given."""
        caller = session.random.randrange(3)
        body = self.patients.hook_body(session, number)
        answer = session.ask("POST", SERVICE, body, expect={200}, patient=number, caller=caller)
        if answer.status != 200:
            return
        cards = answer.json()["cards"]
        if cards and session.random.random() < 0.3:
            session.case = "page of an explanation"
            link = session.random.choice(cards)["links"][0]["url"]
            path = link.removeprefix("https://trials.example.org")
            session.ask("GET", path, expect={200}, patient=number)
        if cards and session.random.random() < 0.2:
            session.case = "feedback"
            items = [_feedback(card["uuid"]) for card in cards]
            path = f"{SERVICE}/feedback"
            session.ask("POST", path, orjson.dumps({"feedback": items}), expect={200}, caller=caller)

    def one_trial(self, session: Session, number: int) -> None:
        """A service for one trial, and the other hook."""
        call = self.patients.call(session, number)
        hook = session.random.choice(["patient-view", "encounter-start"])
        path = f"/cds-services/trialsieve-{hook}-{session.random.choice(['nct04762485', 'senl-t7'])}"
        session.ask("POST", path, orjson.dumps({**call, "hook": hook}), expect={200}, patient=number)

    def rest(self, session: Session, number: int) -> None:
        """A Bundle is screened; its results are there at once, in all workers, for its caller and nobody else."""
        caller = session.random.randrange(3)
        body = self.patients.bundle_body(session, number)
        answer = session.ask("POST", "/screen", body, expect={200}, patient=number, caller=caller)
        if answer.status == 200:
            path = f"/results/{answer.json()['results'][0]['id']}"
            session.case = "result"
            session.ask("GET", path, expect={200}, patient=number, caller=caller)
            session.case = "result of another tenant"
            session.ask("GET", path, expect={404}, caller=(caller + 1) % 3)

    def in_part(self, session: Session, number: int) -> None:
        """Some keys are null, missing or refused, and the FHIR server is not one that may be asked."""
        call = self.patients.call(session, number)
        for key in list(call["prefetch"]):
            chosen = session.random.random()
            if chosen < 0.2:
                del call["prefetch"][key]
            elif chosen < 0.4:
                call["prefetch"][key] = session.random.choice([None, _REFUSED])
        call |= {"fhirServer": "http://127.0.0.1:1/fhir", "fhirAuthorization": {"access_token": "t"}}
        session.ask("POST", SERVICE, orjson.dumps(call), expect={200, 412}, patient=number)

    def reading(self, session: Session, number: int) -> None:
        """What can be read without a patient."""
        for path in session.random.sample(["/cds-services", "/trials", "/", "/health", "/ready", "/openapi.json"], 2):
            session.ask("GET", path, expect={200})
        session.ask("OPTIONS", SERVICE, expect={204}, headers={"Access-Control-Request-Method": "POST"})

    # --- whose data ---------------------------------------------------------------------------------------------------

    def wrong_patient(self, session: Session, number: int) -> None:
        """The Patient is another one than the context's."""
        call = self.patients.call(session, number)
        call["context"]["patientId"] = "somebody-else"
        session.ask("POST", SERVICE, orjson.dumps(call), expect={400})

    def strangers_inside(self, session: Session, number: int) -> None:
        """Among the answers are another patient's resources."""
        call, other = self.patients.call(session, number), self.patients.call(session, number + 1)
        for key, value in call["prefetch"].items():
            if isinstance(value, dict) and "entry" in value and "entry" in other["prefetch"][key]:
                value["entry"] += other["prefetch"][key]["entry"]
        session.ask("POST", SERVICE, orjson.dumps(call), expect={200}, patient=number)

    # --- what is broken -----------------------------------------------------------------------------------------------

    def truncated(self, session: Session, number: int) -> None:
        body = self.patients.hook_body(session, number)
        cut = body[: session.random.randrange(len(body))]
        session.ask("POST", session.random.choice([SERVICE, "/screen"]), cut, expect={400})

    def no_json(self, session: Session, number: int) -> None:
        bodies = (
            b"",
            b"[]",
            b"null",
            b"{",
            b"\xff\xfe{}",
            b'{"a": NaN}',
            b"hook=patient-view",
            b'{"a":1,"a":2}',
            b"\0" * 99,
        )
        session.ask("POST", SERVICE, session.random.choice(bodies), expect={400})

    def wrong_type(self, session: Session, number: int) -> None:
        body = self.patients.hook_body(session, number)
        kind = session.random.choice(["text/plain", "application/xml", "multipart/form-data; boundary=x"])
        session.ask("POST", SERVICE, body, expect={415}, headers={"Content-Type": kind})
        session.ask("POST", SERVICE, body, expect={415}, headers={"Content-Encoding": "gzip"})

    def too_large(self, session: Session, number: int) -> None:
        body = b'{"hook": "' + b"x" * (MOST_BODY + session.random.randrange(1_000_000)) + b'"}'
        if session.random.random() < 0.5:
            session.ask("POST", SERVICE, body, expect={413})
            return
        pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
        session.ask("POST", SERVICE, pieces, expect={413}, headers={"Transfer-Encoding": "chunked"})

    def nested(self, session: Session, number: int) -> None:
        """Brackets without end, alone and inside a record that is right otherwise."""
        depth = session.random.choice([50, 200, 300, 500, 900, 1_500, 100_000])
        opened, closed = session.random.choice([(b"[", b"]"), (b'{"a":', b"}")])
        deep = opened * depth + b"1" + closed * depth
        body = self.patients.hook_body(session, number)
        body = session.random.choice([deep, body.replace(b'"meta":{', b'"extension":' + deep + b',"meta":{', 1)])
        session.ask("POST", SERVICE, body, expect={200, 400}, patient=number)

    def junk_inside(self, session: Session, number: int) -> None:
        """A request that is right but for a few values."""
        call = self.patients.call(session, number)
        rest = session.random.random() < 0.2
        value = {"resourceType": "Bundle", "type": "collection", "entry": list(entries_of(call))} if rest else call
        for _ in range(session.random.randint(1, 8)):
            prefetch = call.get("prefetch")  # unless it was spoilt itself
            whole = rest or session.random.random() < 0.05 or not isinstance(prefetch, dict)
            spoil(value if whole else prefetch, session)
        path = "/screen" if rest else SERVICE
        session.ask("POST", path, orjson.dumps(value), expect={200, 400, 412, 413}, patient=number)

    def bad_feedback(self, session: Session, number: int) -> None:
        """Feedback that is none, or about cards that never were."""
        item = _feedback(str(uuid.uuid4()))
        spoil(item, session)
        bodies: tuple[dict[str, Any], ...] = (
            {},
            {"feedback": 1},
            {"feedback": [1, None, {}]},
            {"feedback": [item]},
            {"feedback": [item] * 1_200},
        )
        path = f"{SERVICE}/feedback"
        session.ask("POST", path, orjson.dumps(session.random.choice(bodies)), expect={200, 400, 413})

    # --- who asks -----------------------------------------------------------------------------------------------------

    def bad_token(self, session: Session, number: int) -> None:
        body = self.patients.hook_body(session, number)
        _, token = session.random.choice(list(session.signer.bad_tokens(SERVICE).items()))
        headers = {"Authorization": f"Bearer {token}".strip()}
        session.ask("POST", SERVICE, body, expect={401}, headers=headers)

    def replay(self, session: Session, number: int) -> None:
        """A token counts once, whichever worker is asked."""
        token = session.signer.token("/trials")
        session.ask("GET", "/trials", expect={200}, token=token)
        session.close()
        session.ask("GET", "/trials", expect={401}, token=token)

    def unknown(self, session: Session, number: int) -> None:
        """Addresses, services, hooks and methods that there are not."""
        call = self.patients.call(session, number)
        hook = session.random.choice(["order-sign", "no-such-hook", "", 1, None])
        session.ask("POST", SERVICE, orjson.dumps({**call, "hook": hook}), expect={400})
        session.ask("POST", "/cds-services/none", orjson.dumps(call), expect={404})
        session.ask(
            "GET", session.random.choice(["/nowhere", "/cds-services/x/y/z", f"/trials/{'x' * 500}"]), expect={404}
        )
        session.ask(session.random.choice(["PUT", "DELETE", "PATCH", "NONSENSE"]), SERVICE, b"{}", expect={405})
        session.ask("GET", "/metrics", expect={401})

    def forged_link(self, session: Session, number: int) -> None:
        session.case = "page that is forged"
        path = f"/explanations/{uuid.uuid4()}?expires=9999999999&signature={'0' * 64}"
        session.ask("GET", path, expect={403})
        session.ask("GET", f"/results/{uuid.uuid4()}", expect={404})

    # --- how it is sent -----------------------------------------------------------------------------------------------

    def slow(self, session: Session, number: int) -> None:
        """The body never ends. The answer comes when the time for it is over."""
        with self._begun(session, number) as connection:
            began = time.monotonic()
            said = _read(connection)
        if not said.startswith(b"HTTP/1.1 408 ") or time.monotonic() - began > BODY_SECONDS + 20:
            session.tally.violated(f"slow: answered {said[:60]!r}")
        session.tally.answered(session.case, int(said[9:12] or 0))

    def aborted(self, session: Session, number: int) -> None:
        """The client goes away in the middle of its request, or without its answer."""
        with self._begun(session, number, whole=session.random.random() < 0.5):
            time.sleep(session.random.random() * 0.02)
        session.tally.answered(session.case, 0)

    def no_http(self, session: Session, number: int) -> None:
        """What is no HTTP is refused by the server beneath, in its own words."""
        rubbish = session.random.choice(
            [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"\0" * 500, b"POST / HTTP/9.9\r\n\r\n"]
        )
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", session.port), 30) as connection:
            connection.sendall(rubbish)
            connection.shutdown(socket.SHUT_WR)
            _read(connection)
        session.tally.answered(session.case, 0)

    @contextlib.contextmanager
    def _begun(self, session: Session, number: int, *, whole: bool = False) -> Iterator[socket.socket]:
        body = self.patients.hook_body(session, number)
        head = (
            f"POST {SERVICE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        head += f"Authorization: Bearer {session.signer.token(SERVICE)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", session.port), 60) as connection:
            connection.sendall(head.encode() + (body if whole else body[: len(body) // 2]))
            yield connection


# Each case, and how often it is sent for each other.
WEIGHTS: Final[dict[Callable[[Cases, Session, int], None], int]] = {
    Cases.hook: 30,
    Cases.one_trial: 5,
    Cases.rest: 6,
    Cases.in_part: 6,
    Cases.reading: 4,
    Cases.wrong_patient: 5,
    Cases.strangers_inside: 5,
    Cases.truncated: 6,
    Cases.no_json: 4,
    Cases.wrong_type: 2,
    Cases.too_large: 2,
    Cases.nested: 5,
    Cases.junk_inside: 10,
    Cases.bad_feedback: 4,
    Cases.bad_token: 10,
    Cases.replay: 2,
    Cases.unknown: 3,
    Cases.forged_link: 3,
    Cases.slow: 1,
    Cases.aborted: 5,
    Cases.no_http: 2,
}

_REFUSED: Final = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "forbidden"}]}


def _feedback(card: str) -> dict[str, Any]:
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-11-20T12:00:00Z"}


def _read(connection: socket.socket) -> bytes:
    said = b""
    with contextlib.suppress(OSError):
        while part := connection.recv(65_536):
            said += part
            if b"\r\n\r\n" in said:
                break
    return said
