"""What a server says went wrong, in place of resources or beside them."""

from __future__ import annotations

from typing import Any, Final

from trialsieve.fhir_adapters.record import Resource

_SERIOUS: Final = frozenset({"fatal", "error", "warning"})


def outcome_reason(outcome: Resource) -> str:
    """Why an answer or export with this OperationOutcome is not all there is; empty if it only informs."""
    issues: Any = outcome.get("issue")
    severities = {
        (str(issue.get("severity")), str(issue.get("code")))
        for issue in (issues if isinstance(issues, list) else ())
        if isinstance(issue, dict)
    }
    serious = sorted(f"{severity} ({code})" for severity, code in severities if severity in _SERIOUS)
    if severities and not serious:
        return ""
    return f"the server reported an OperationOutcome: {', '.join(serious) or 'no issue named'}"
