"""What a fact is called does not depend on the patients that were read before."""

from __future__ import annotations

from trialsieve.fhir_adapters.chart import ChartBuilder
from trialsieve.fhir_adapters.inputs.reader import records_in
from trialsieve.rules.cache import cached_rules


def test_one_code_of_two_systems_keeps_the_name_of_each() -> None:
    builder = ChartBuilder(cached_rules())

    def said(system: str) -> str:
        condition = {
            "resourceType": "Condition",
            "id": "c",
            "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": f"http://hl7.org/fhir/sid/{system}", "code": "C95.9"}]},
        }
        (record,) = records_in(condition, "c.json", lambda problem: None)
        return " ".join(fact.says for fact in builder.build(record, []).facts)

    assert "Leukaemia, unspecified" in said("icd-10")
    assert "Leukemia, unspecified" in said("icd-10-cm")
