"""What people should look at before they use a result: cautions of the trial, the chart, and its dates."""

from __future__ import annotations

from collections.abc import Mapping

from trialsieve.engine.answers_without_effect import answers_without_effect
from trialsieve.engine.direct_verdict import is_deceased
from trialsieve.engine.facts import Chart
from trialsieve.engine.misdated import lying_after, misdated
from trialsieve.engine.outcome import Circumstances, CriterionOutcome
from trialsieve.engine.undated_results import undated_results, without_date
from trialsieve.rules.trial import Trial


class Cautions:
    """The cautions of one chart; its facts are looked through once for all trials."""

    def __init__(self, chart: Chart, circumstances: Circumstances) -> None:
        self._chart = chart
        self._as_of = circumstances.as_of
        self._of_person = _of_person(chart, circumstances)
        self._undated = without_date(chart)
        self._later = lying_after(chart, circumstances.as_of)

    def of(
        self,
        trial: Trial,
        criteria: Mapping[tuple[str, str], CriterionOutcome],
        measured: frozenset[str],
        read: frozenset[str],
    ) -> tuple[str, ...]:
        """The cautions for one trial. `measured` are the concepts of whose results it asks, `read` all it reads."""
        chart = self._chart
        cautions = [*trial.cautions, *chart.cautions, *self._of_person]
        if chart.attestations:
            cautions += answers_without_effect(trial.id, chart, self._as_of, criteria)
        if self._undated:
            cautions += undated_results(measured, self._undated, chart, self._as_of)
        if self._later:
            cautions += misdated(read, self._later, self._as_of)
        return tuple(dict.fromkeys(cautions)) if len(cautions) > 1 else tuple(cautions)


def _of_person(chart: Chart, circumstances: Circumstances) -> list[str]:
    cautions = [] if chart.person.set_aside is None else [chart.person.set_aside]
    if is_deceased(chart, circumstances):
        died = chart.person.deceased_when
        on = f" on {died.first}" if died is not None and died.first is not None and died.first == died.last else ""
        cautions.append(f"recorded as deceased{on}")
    return cautions
