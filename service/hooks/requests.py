"""What a client sends: read for what is needed, tolerant of the rest.

Real clients send members of their own, null for what they do not have, ids with a type before them, and instances that
are no UUIDs. None of that is refused. Only what leaves unclear what is asked, or about whom, is a 400.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from trialsieve.fhir_adapters.servers.prefetched import PatientIdError, patient_id
from trialsieve.service.hooks.discovery import HOOKS, OTHER_HOOKS, HookService
from trialsieve.service.web.errors import IssueCode, ServiceError

LONGEST_INSTANCE: Final = 255
"""What is kept of a hookInstance."""


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call of a service. `token` is for `fhir_server` alone; it and the prefetch are not shown.

    `token_patient` is the patient whom the token is for, where the client says so.
    """

    hook_instance: str
    patient_id: str
    fhir_server: str | None = None
    token: str | None = field(default=None, repr=False)
    token_patient: str | None = None
    prefetch: Mapping[str, Any] | None = field(default=None, repr=False)


def hook_call(request: Mapping[str, Any], service: HookService) -> HookCall:
    """The call that a request makes of a service. Raises ServiceError (400) where it cannot be told what is asked."""
    _check_hook(request.get("hook"), service)
    instance = request.get("hookInstance")
    if not isinstance(instance, str) or not instance.strip():
        raise _missing("hookInstance", "a text that no other call has")
    context = request.get("context")
    if not isinstance(context, dict):
        raise _missing("context", "an object")
    prefetch = request.get("prefetch")
    if prefetch is not None and not isinstance(prefetch, dict):
        raise ServiceError(400, IssueCode.VALUE, "prefetch has to be an object of keys and FHIR resources.")
    server, token, token_patient = _access(request)
    patient = _patient_id(context.get("patientId"))
    return HookCall(instance[:LONGEST_INSTANCE], patient, server, token, token_patient, prefetch)


def _check_hook(hook: Any, service: HookService) -> None:
    if not isinstance(hook, str) or not hook:
        raise _missing("hook", f"{service.hook!r} for this service")
    if hook == service.hook:
        return
    served = " and ".join(HOOKS)
    if hook in HOOKS:
        said = f"For the hook {hook!r} there is another service: see the list at cds-services."
    elif hook in OTHER_HOOKS:
        said = f"There is no service for the hook {hook!r} here, only for {served}."
    else:
        said = f"The hook that was sent is not known here; there are services for {served}."
    raise ServiceError(400, IssueCode.NOT_SUPPORTED, f"This service answers the hook {service.hook!r}. {said}")


def _patient_id(value: Any) -> str:
    """The bare id; some clients send `Patient/123`, or a whole URL."""
    if not isinstance(value, str) or not value.strip():
        raise _missing("context.patientId", "the id of a FHIR Patient")
    try:
        return patient_id(_relative(value))
    except PatientIdError as error:
        raise ServiceError(400, IssueCode.VALUE, str(error)) from None


def _relative(patient: str) -> str:
    """The same without a server's address and a version."""
    unversioned = patient.strip().partition("/_history/")[0]
    return unversioned.rpartition("/Patient/")[2].removeprefix("Patient/")


def _access(request: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """The FHIR server, the token for it, and its patient; what is null, empty or of another type counts as not sent."""
    server = request.get("fhirServer")
    authorization = request.get("fhirAuthorization")
    given = authorization if isinstance(authorization, dict) else {}
    token, patient = given.get("access_token"), given.get("patient")
    return (
        server.strip() if isinstance(server, str) and server.strip() else None,
        token if isinstance(token, str) and token else None,
        _relative(patient) if isinstance(patient, str) and patient.strip() else None,
    )


def _missing(member: str, what: str) -> ServiceError:
    return ServiceError(400, IssueCode.REQUIRED, f"{member} is missing: it has to be {what}.")
