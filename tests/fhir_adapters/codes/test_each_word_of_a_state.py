"""Every word by which a remission or relapse is not one of now, is lost, partial, or denied."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.recorded_words import loses_a_state, states_said, takes_back_remission

REMISSION, RELAPSE = frozenset({"remission"}), frozenset({"relapse"})
PARTIAL = frozenset({"partial remission"})
OF_ANOTHER_TIME = [
    *("until 2021 in remission", "last known in remission", "prior in remission", "after 2 years in remission"),
    *("after being 3 years in remission", "following 18 months in CR"),
    *("no remission", "not in remission", "without relapse", "never in remission", "failed remission induction"),
    *("lost remission", "loss of CR", "risk of relapse", "duration of CR1", "no recurrence", "no evidence of CRi"),
    *("after relapse", "following a first relapse", "free from relapse", "post relapse", "since relapse"),
    *("until relapse", "before relapse", "prior relapse", "previous relapse", "last relapse 2024"),
    *("not yet in complete remission", "without any new relapse"),
    *("kein Rezidiv", "keine Remission", "nicht in Remission", "ohne Rezidiv", "nie in Remission", "nach Rezidiv"),
    *("Z.n. Rezidiv", "vor Rezidiv", "keine Vollremission", "keine Komplettremission", "keine Teilremission"),
    *("kein Frührezidiv", "nach der Remission", "nach dem Rezidiv", "kein Anhalt für ein Rezidiv"),
    *("kein Hinweis auf Rezidiv", "keine Hinweise auf ein Rezidiv", "ohne Nachweis eines Rezidivs"),
    *("ohne Zeichen eines Rezidivs", "ohne Angabe einer Remission", "nach einem Rezidiv", "ohne einen Rezidivnachweis"),
    *("nach 2. Remission", "nach erster Remission", "nach erstem Rezidiv", "nach der ersten Remission"),
    *("nach zweiter Remission", "nach zweitem Rezidiv", "nach der zweiten Remission", "keine partielle Remission"),
    *("nach letzter Remission", "nach letztem Rezidiv", "nach der letzten Remission"),
    *("nach kompletter Remission", "keine komplette Remission", "nach der kompletten Remission"),
    *("keine vollständige Remission", "nach vollständiger Remission", "nach der vollständigen Remission"),
    *("remission not achieved", "CR not reached", "CR, not reached", "CR1 lasted 12 months", "CRi not achieved"),
    *("relapse-free", "high relapse risk", "rezidivfrei", "Rezidivrisiko", "Rezidivprophylaxe"),
]
OF_NOW = {
    **dict.fromkeys(("remission", "Vollremission", "Komplettremission", "CR", "CR2", "CRi", "2. Remission"), REMISSION),
    **dict.fromkeys(("relapse", "relapsed", "recurrent", "Rezidiv", "Frührezidiv"), RELAPSE),
    # what is denied, or before it in time, is another thing
    **dict.fromkeys(("no blasts, CR2", "no blasts; CR2", "no blasts. CR2", "无，CR2", "no blasts\nCR2"), REMISSION),
    **dict.fromkeys(("no MRD。CR2", "ohne Fieber, in Remission", "V.a. GvHD, in Remission"), REMISSION),
    **dict.fromkeys(("after HSCT in remission", "since May now CR2", "in CR2 after relapse"), REMISSION),
    **dict.fromkeys(("no fever, relapse", "relapse after CR1"), RELAPSE),
}
PARTLY = ["partial remission", "partielle Remission", "in partieller Remission", "einer partiellen Remission"]
PARTLY += ["mit partiellem Remission", "Teilremission", "PR"]
LOST = ["out of remission", "end of remission", "remission lost", "remission ended", "out of CR", "loss of remission"]
TAKEN_BACK = [
    *("keine Remission", "nicht in Remission", "ohne Remission", "nie in Remission", "V.a. Remission"),
    *("Verdacht auf Remission", "fragliche Remission", "vermutlich Remission", "wahrscheinlich in Remission"),
    *("unklare Remission", "nicht mehr in Remission", "keine Vollremission", "keine Komplettremission"),
    *("keine Teilremission", "Remission nicht erreicht", "Remission noch nicht erreicht", "Remission fraglich"),
    "Remission unklar",
]


@pytest.mark.parametrize("words", OF_ANOTHER_TIME)
def test_what_is_no_state_of_now(words: str) -> None:
    assert (states_said(f"T-ALL, {words}"), loses_a_state(words)) == (frozenset(), True)


@pytest.mark.parametrize("words", OF_NOW)
def test_what_is_one(words: str) -> None:
    assert states_said(f"T-ALL, {words}") == OF_NOW[words]


@pytest.mark.parametrize("words", PARTLY)
def test_what_is_partial(words: str) -> None:
    assert states_said(f"T-ALL, {words}") == PARTIAL


@pytest.mark.parametrize("words", LOST)
def test_what_is_lost(words: str) -> None:
    assert loses_a_state(f"T-ALL, {words}")


@pytest.mark.parametrize("words", ["in remission", "relapse", "CR2", "in Remission", "T-ALL"])
def test_what_is_not(words: str) -> None:
    assert (loses_a_state(words), takes_back_remission(words)) == (False, False)


@pytest.mark.parametrize("words", TAKEN_BACK)
def test_what_takes_a_remission_back_in_german(words: str) -> None:
    assert takes_back_remission(words)
