"""Several versions of a resource in one Bundle: which of them counts."""

from __future__ import annotations

import pytest
from bundle_parts import PATIENT, Json, bundle, condition, read, references


def test_the_same_resource_twice_counts_once() -> None:
    records, problems = read(bundle(PATIENT, condition("c1"), condition("c1", meta={"source": "x"})))
    assert references(records[0]) == ["Condition/c1"]
    assert problems == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"lastUpdated": "2024-01-01T10:00:00Z"}, {"lastUpdated": "2024-01-01T10:00:00+01:00"}),
        ({"versionId": "10"}, {"versionId": "9"}),
    ],
)
@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_versions_the_newer_counts(first: Json, second: Json, newest_first: bool) -> None:
    newer, older = condition("c1", meta=first, note="new"), condition("c1", meta=second, note="old")
    records, _ = read(bundle(PATIENT, *((newer, older) if newest_first else (older, newer))))
    assert [resource["note"] for _, resource in records[0].resources] == ["new"]
    assert records[0].index["Condition/c1"]["note"] == "new"


NO_NUMBER = "9" * 5_000  # longer than an id may be

METAS: list[tuple[Json, Json]] = [
    ({}, {}),
    ({"versionId": "1"}, {}),
    ({"versionId": "a"}, {"versionId": "b"}),
    ({"versionId": "1"}, {"versionId": NO_NUMBER}),
]


@pytest.mark.parametrize("metas", METAS)
def test_two_versions_of_which_neither_is_newer_both_count(metas: tuple[Json, Json]) -> None:
    records, _ = read(
        bundle(PATIENT, condition("c1", note="a", meta=metas[0]), condition("c1", note="b", meta=metas[1]))
    )
    assert [resource["note"] for _, resource in records[0].resources] == ["a", "b"]


def test_one_id_on_two_servers_is_two_resources() -> None:
    records, _ = read(
        bundle(
            PATIENT,
            {
                "fullUrl": "http://a.example/Condition/c1",
                "resource": condition("c1", meta={"versionId": "1"}, note="a"),
            },
            {
                "fullUrl": "http://b.example/Condition/c1",
                "resource": condition("c1", meta={"versionId": "2"}, note="b"),
            },
        )
    )
    assert [resource["note"] for _, resource in records[0].resources] == ["a", "b"]


def test_of_several_versions_of_the_patient_each_birth_date_is_named_once() -> None:
    other = {**PATIENT, "birthDate": "1990-02-03"}
    ((record,), _) = read(bundle(PATIENT, other, {**PATIENT, "active": True}, other))
    assert (record.patient_resource or {})["birthDate"] == "1980-02-03 or 1990-02-03"


def test_two_versions_of_the_patient_that_differ_leave_nothing_to_rely_on() -> None:
    records, _ = read(bundle(PATIENT, {**PATIENT, "birthDate": "1990-02-03", "deceasedBoolean": True}))
    assert len(records) == 1
    patient = records[0].patient_resource or {}
    assert patient["birthDate"] == "1980-02-03 or 1990-02-03"
    assert patient["gender"] == "female"
    assert patient["active"] is False
    assert "deceasedBoolean" not in patient
    assert len(records[0].cautions) == 2


def version(resource: Json, moment: str, method: str = "PUT") -> Json:
    name = f"{resource['resourceType']}/{resource['id']}"
    entry: Json = {"request": {"method": method, "url": name}, "response": {"status": "200", "lastModified": moment}}
    return {**entry, "resource": None if method == "DELETE" else resource, "fullUrl": f"http://x.example/{name}"}


def test_of_a_history_the_newest_version_stands_whatever_the_order() -> None:
    old = version(condition("c1", note="old"), "2020-01-01T00:00:00Z")
    new = version(condition("c1", note="new"), "2021-01-01T00:00:00Z")
    for entries in ([old, new], [new, old]):
        records, problems = read(bundle(PATIENT, *entries, kind="history"))
        assert [resource["note"] for _, resource in records[0].resources] == ["new"]
        assert problems == []


@pytest.mark.parametrize("meta", [{}, {"versionId": NO_NUMBER}])
def test_a_history_without_dates_lists_the_newest_first(meta: Json) -> None:
    older = condition("c1", note="old", meta=meta)
    records, _ = read(bundle(PATIENT, condition("c1", note="new"), older, kind="history"))
    assert [resource["note"] for _, resource in records[0].resources] == ["new"]


@pytest.mark.parametrize(
    ("deleted", "stands"), [("2022-01-01T00:00:00Z", []), ("2019-01-01T00:00:00Z", ["Condition/c1"])]
)
def test_what_was_deleted_last_is_gone_and_what_was_written_after_is_not(deleted: str, stands: list[str]) -> None:
    written = version(condition("c1"), "2020-01-01T00:00:00Z")
    records, problems = read(
        bundle(PATIENT, version(condition("c1"), deleted, method="DELETE"), written, kind="history")
    )
    assert references(records[0]) == stands
    assert problems == []
