"""What a server says went wrong, in place of resources or beside them: an OperationOutcome."""

from __future__ import annotations

import re
from typing import Any, Final

from trialsieve.fhir_adapters.elements.shapes import objects_in
from trialsieve.fhir_adapters.records.record import Resource

_SERIOUS: Final = frozenset({"fatal", "error", "warning"})
# Epic warns of each search that finds nothing: "Resource request returns no results" (open.epic.com, FHIR error codes).
# The OID of its codes has arcs of the site in it.
_EPIC: Final = re.compile(r"urn:oid:1\.2\.840\.114350\.1\.13\.[0-9]+\.[0-9]+\.7\.2\.657369")
_NO_RESULTS: Final = "4101"


def outcome_reason(outcome: Resource) -> str:
    """Why an answer or export with this OperationOutcome is not all there is; empty if it only informs."""
    if not is_serious(outcome):
        return ""
    serious = sorted({f"{severity} ({code})" for severity, code in issues_of(outcome) if severity in _SERIOUS})
    return f"the server reported an OperationOutcome: {', '.join(serious) or 'no issue named'}"


def is_serious(outcome: Resource) -> bool:
    """Whether it says of anything that it went wrong, or says nothing at all."""
    issues = issues_of(outcome)
    return not issues or any(severity in _SERIOUS for severity, _ in issues)


def only_warns(outcome: Resource) -> bool:
    """Whether nothing in it went wrong, and something may be missing all the same."""
    severities = {severity for severity, _ in issues_of(outcome)}
    return "warning" in severities and severities.isdisjoint(_SERIOUS - {"warning"})


def issues_of(outcome: Resource) -> list[tuple[str, str]]:
    """The severity and code of each issue, as far as they are codes: other text may quote the record.

    A warning that nothing was found only informs.
    """
    return [
        ("information" if _found_nothing(issue) else _code(issue.get("severity")), _code(issue.get("code")))
        for issue in objects_in(outcome.get("issue"))
    ]


def _found_nothing(issue: dict[str, Any]) -> bool:
    """Whether it warns of nothing but that there is nothing to be found."""
    details = issue.get("details")
    codings = details.get("coding") if isinstance(details, dict) else None
    return issue.get("severity") == "warning" and any(
        coding.get("code") == _NO_RESULTS and _EPIC.fullmatch(str(coding.get("system"))) is not None
        for coding in objects_in(codings)
    )


def _code(value: Any) -> str:
    plain = isinstance(value, str) and len(value) < 40 and value.replace("-", "").isalpha()
    return value if plain else "no code"
