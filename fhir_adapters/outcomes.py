"""What a server says went wrong, in place of resources or beside them: an OperationOutcome."""

from __future__ import annotations

from typing import Any, Final

from trialsieve.fhir_adapters.record import Resource

_SERIOUS: Final = frozenset({"fatal", "error", "warning"})


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


def issues_of(outcome: Resource) -> list[tuple[str, str]]:
    """The severity and code of each issue, as far as they are codes: other text may quote the record."""
    issues = outcome.get("issue")
    return [
        (_code(issue.get("severity")), _code(issue.get("code")))
        for issue in (issues if isinstance(issues, list) else ())
        if isinstance(issue, dict)
    ]


def _code(value: Any) -> str:
    plain = isinstance(value, str) and len(value) < 40 and value.replace("-", "").isalpha()
    return value if plain else "no code"
