"""The shipped example patients: valid FHIR R4, what `make examples` makes, and with the results that were reviewed.

A result is reviewed by reading it, criterion by criterion, against the registry's text in rules/sources/.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import make_examples
import pytest
from fhir.resources.R4B import get_fhir_model_class
from patients.builders import Examples, Patient

from trialsieve.rules.vocabulary import Reason, Verdict

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SHOWN = [(examples, patient) for examples in make_examples.ALL for patient in examples.patients]
NAMES = [f"{examples.trial}-{patient.name}" for examples, patient in SHOWN]

# Inclusion 6 of the one is a registry error, exclusion 5 of the other is cut off.
NEVER_ELIGIBLE = {"NCT04762485", "NCT07476027"}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the maker makes now."""
    root = tmp_path_factory.mktemp("examples")
    make_examples.main(root)
    return root


def result(examples: Examples, patient: Patient) -> Path:
    return Path("expected") / examples.trial / f"{patient.name}.txt"


@pytest.mark.parametrize(("examples", "patient"), SHOWN, ids=NAMES)
def test_the_result_is_the_reviewed_one(made: Path, examples: Examples, patient: Patient) -> None:
    """Where it is meant to differ: `make examples`, and read the difference against the registry's text."""
    path = result(examples, patient)
    assert (made / path).read_text(encoding="utf-8") == (EXAMPLES / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("examples", make_examples.ALL, ids=lambda examples: str(examples.trial))
def test_the_bundles_are_those_that_the_maker_makes(made: Path, examples: Examples) -> None:
    """Byte for byte, the page that lists them included; none is left over."""
    shipped = {path.name: path.read_bytes() for path in (EXAMPLES / examples.trial).iterdir()}
    assert shipped == {path.name: path.read_bytes() for path in (made / examples.trial).iterdir()}
    expected = {path.name for path in (EXAMPLES / "expected" / examples.trial).iterdir()}
    assert expected == {f"{patient.name}.txt" for patient in examples.patients}


@pytest.mark.parametrize(("examples", "patient"), SHOWN, ids=NAMES)
def test_the_bundle_is_valid_fhir_r4(examples: Examples, patient: Patient) -> None:
    bundle = json.loads((EXAMPLES / examples.trial / f"{patient.name}.json").read_bytes())
    get_fhir_model_class("Bundle").model_validate(bundle)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("examples", make_examples.ALL, ids=lambda examples: str(examples.trial))
def test_every_verdict_that_a_trial_can_have_is_shown(examples: Examples) -> None:
    texts = [(EXAMPLES / result(examples, patient)).read_text(encoding="utf-8") for patient in examples.patients]
    verdicts = {text.splitlines()[0].rsplit(": ")[-1] for text in texts}
    never = {Verdict.ELIGIBLE.value} if examples.trial in NEVER_ELIGIBLE else set()
    assert verdicts == {verdict.value for verdict in Verdict} - never


def test_every_reason_is_shown() -> None:
    """But the one that is a fault of the program."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (EXAMPLES / "expected").rglob("*.txt"))
    shown = {
        word for reasons in re.findall(r"^\w+ review \[(.*)\]$", text, re.MULTILINE) for word in reasons.split(", ")
    }
    assert shown == {reason.value for reason in Reason} - {Reason.ENGINE_DISAGREEMENT.value}


def test_the_folders_are_those_of_the_trials() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders == {"ehr_parts", "expected", "patients"} | {examples.trial for examples in make_examples.ALL}


def test_no_two_patients_share_an_id() -> None:
    """So that all of examples/ can be screened at once."""
    names = [patient.name for _, patient in SHOWN]
    assert len(set(names)) == len(names)
