"""In which order findings are concluded: each after those that it reads, and what is windowed on it later still."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trialsieve.rules.atom import Atom, FindingHolds, Readings, Test
from trialsieve.rules.errors import EngineError
from trialsieve.rules.finding import Finding
from trialsieve.rules.logic_order import findings_named, findings_reached, findings_read, in_reading_order


def reached_findings(atoms: Iterable[Atom], findings: Mapping[str, Finding]) -> list[Finding]:
    """The findings that atoms reach, directly or through other findings, each after those that it reads.

    Raises EngineError if one is missing or reads itself; a loaded rule book holds none such.
    """
    wanted = [name for atom in atoms for name in findings_read(atom)]
    reads = {name: _findings_read(findings[name]) for name in sorted(findings_reached(wanted, findings))}
    for name in (*wanted, *(name for names in reads.values() for name in names)):
        if name not in findings:
            raise EngineError(f"no finding is called {name}")
    ordered, cycle = in_reading_order(reads)
    if cycle:
        raise EngineError(f"a finding reads itself: {' -> '.join(cycle)}")
    return [findings[name] for name in ordered]


def finding_strata(findings: Sequence[Finding]) -> dict[str, int]:
    """The stratum at whose end each finding is known; the findings are in order."""
    strata: dict[str, int] = {}
    for finding in findings:
        windows = [_window_stratum(atom.test, strata) for atom in finding.atoms]
        strata[finding.id] = max([*windows, *(strata[name] for name in _findings_read(finding))], default=0)
    return strata


def _findings_read(finding: Finding) -> list[str]:
    return [name for atom in finding.atoms for name in findings_read(atom)]


def _window_stratum(test: Test, strata: Mapping[str, int]) -> int:
    """The stratum in which a test's facts are asserted: after the findings that its windows need."""
    match test:
        case FindingHolds():
            return 0
        case Readings(tests=tests):
            return max((_window_stratum(one, strata) for _, one in tests), default=0)
    return max((strata[name] + 1 for name in findings_named(test)), default=0)
