"""Every word by which what a code says is denied, doubted, moved to the past, not done or not taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trialsieve.fhir_adapters.codes.recorded_words import (
    contests,
    denies,
    doubts,
    says_past,
    takes_back,
)
from trialsieve.fhir_adapters.codes.undone_words import leaves_undone, leaves_untaken, says_stopped, says_undone
from trialsieve.rules.vocabulary import State

RELATIVES = [
    *("mother", "father", "parent", "grandmother", "grandfather", "brother", "sister", "sibling", "son", "daughter"),
    *("aunt", "uncle", "cousin", "relative", "husband", "wife", "spouse", "partner"),
]
DENIED = [
    *("no PE", "not PE", "without PE", "denies PE", "absence of PE", "negative for PE", "PE ruled out", "PE excluded"),
    *("family history of PE", "family medical history: PE", "family h/o PE", "family hx PE", "fam hx PE", "FHx PE"),
    *("at risk of PE", "risk of PE", "exposure to PE", "screening for PE", "PE, family history"),
    *(f"{relative.title()}: PE" for relative in RELATIVES),
    *("mother has PE", "mother had PE", "mother with PE", "mother's PE", "mother’s PE", "mother - PE", "mother – PE"),
    *("mother (PE)", "brothers: PE", "fam. hx PE"),
]
SUSPECTED = [
    *("suspected PE", "suspect PE", "susp PE", "suspicion of PE", "suspicion for PE", "suspicious for PE"),
    *("possible PE", "possibly PE", "probable PE", "probably PE", "presumed PE", "presumptive PE", "likely PE"),
    *("unlikely PE", "questionable PE", "query PE", "concern for PE", "dd PE", "ddx PE", "rule out PE", "r/o PE"),
    *("?PE", "？PE", "PE?", "PE？", "PE?)"),
]
DOUBTED = [
    *("PE entered in error", "PE wrong patient", "PE unlikely", "PE not confirmed", "PE not yet confirmed"),
    *("PE not been confirmed", "PE unconfirmed", "PE vs MI", "PE versus MI", "PE suspected"),
    *("PE, low suspicion", "PE, no suspicion", "PE, low clinical suspicion", "to evaluate for PE", "to assess for PE"),
    *("PE to be ruled out", "ruling out PE", "evaluation for PE", "evaluated for PE", "evaluate for PE", "eval for PE"),
    *(
        "workup for PE",
        "differential PE",
        "c/f PE",
        "RO PE",
        "PE RO",
        "neg PE",
        "PE: neg",
        "PE - negative",
        "mom PE",
        "dad PE",
    ),
    *("negative PE", "PE – negative", "PE rule-out", "work-up for PE", "work up for PE", "PE of patient’s aunt"),
    *("mum PE", "PE of his mother", "PE in her father", "PE of the mother", "PE of their son", "PE of patient's aunt"),
    *(f"PE of {relative}" for relative in (*RELATIVES, "mom", "mum", "dad")),
    *(f"{relative.title()} in coma" for relative in RELATIVES),
    *("mother allergic to penicillin", "uncle died of PE", "brothers PE", "- sister PE"),
]
NOT_OF_A_RELATIVE = [
    *(
        f"mother {told} PE"
        for told in ("reports", "states", "stating", "says", "said", "told us", "tells of", "noticed")
    ),
    *(
        f"mother {told} PE"
        for told in ("describes", "believes", "thinks", "concerned of", "confirms", "denies", "gave")
    ),
    *(
        "Relative cardiac insufficiency",
        "Relative Herzinsuffizienz",
        "Daughter nodules",
        "Daughter lesion",
        "Mother aware",
    ),
    *("mother brought: PE", "cousin syndrome", "Sister Mary Joseph nodule", "Motherwell PE", "PE, mother informed"),
    *(
        f"brother {gave}"
        for gave in ("donor", "donated", "allo", "haplo", "for transplant", "graft", "SCT", "HSCT", "BMT")
    ),
    *("father, 60 years", "sibling 1"),
]
PAST = [
    *("history of PE", "past medical history of PE", "prior history of PE", "personal history of PE"),
    *(
        "previous history of PE",
        "remote history of PE",
        "past PE",
        "prior PE",
        "previous PE",
        "previously PE",
        "h/o PE",
    ),
    *("pmh PE", "pmhx PE", "hx PE", "s/p PE", "status post PE", "status-post PE", "old PE", "chronic/old PE"),
    *("remote PE", "former PE", "resolved PE", "PE resolved", "PE by history", "acute PE of the left lung by history"),
    *("PE h/o", "PE hx", "PE hx of", "PE, history of", "PE/history", "PE - remote", "PE, former", "PE, old 2019"),
    *("PE (history) of the left lung", "PE in the past", "PE in childhood", "medical history of PE", "PE history"),
    *("PE (left) history", "PE; old", "PE: remote", "PE – former", "PE (old)", "PE-history"),
    *(f"PE, {when} history in 2019" for when in ("past", "prior", "previous", "remote", "personal")),
    *("PE cured", "PE, cured 2012", "PE healed", "recovered from PE", "fully recovered from PE", "PE fully healed"),
    *("historical PE", "PE - historical", "PE (historical)", "PE: inactive", "PE (inactive)", "PE inactive"),
    *("no longer has PE", "no longer have PE", "no longer had PE"),
    *(f"PE no longer {what}" for what in ("present", "active", "detectable", "evident", "seen")),
]
CONTESTED = [
    *("PE, false positive", "false-positive PE", "misdiagnosed as PE", "PE - misdiagnosis"),
    *(
        f"{what} diagnosis: PE"
        for what in ("wrong", "incorrect", "erroneous", "tentative", "provisional", "preliminary")
    ),
    *("provisional: PE", "tentative PE", "equivocal PE", "PE (provisional)", "PE, tentative", "PE - differential"),
    *("PE (equivocal)", "low probability of PE", "low clinical probability of PE", "low likelihood of PE"),
]
UNTRUE = [
    *("vs none", "versus none", "entered in error", "wrong patient", "unlikely", "unconfirmed", "not confirmed"),
    *("not yet confirmed", "not been confirmed"),
]
NOT_DONE = [
    *UNTRUE,
    *(f"in {relative}" for relative in RELATIVES),
    *("refusing", "evaluate", "in the mother"),
    *(
        "- patient is donor",
        "(patient as the donor)",
        "(pt. was a donor)",
        "donation for brother",
        "cells donated to sister",
    ),
    *("declined", "declines", "declining", "refused", "refuses", "refusal", "rejected by insurer", "cancelled"),
    *("canceled", "cancellation", "planned", "pending", "scheduled", "appointment", "referral", "referred"),
    *("consultation", "consulted", "counseling", "counselling", "education", "candidate", "candidacy", "considered"),
    *("consideration", "evaluation", "evaluated", "evaluating", "assessment", "eval", "workup", "work-up"),
    *(
        "awaiting",
        "awaits",
        "waitlist",
        "waiting list",
        "waiting-list",
        "waitlisted",
        "listed",
        "listed for it",
        "listing for it",
    ),
    *("deferred", "postponed", "on hold", "withheld", "withdrawn", "contraindicated", "recommended", "discussed"),
    *("discussion", "attempted", "aborted", "will be done", "not done", "not performed", "not carried out"),
    *("not given", "not administered", "not indicated", "not tolerated", "in his mother", "in her son"),
    *("abgelehnt", "abgesagt", "geplant", "verweigert", "拒绝", "取消", "计划", "拟行"),
    *("intended", "pre-BMT", "pre HSCT", "pre-HCT", "pre-SCT", "manufacturing failure", "manufacturing failed"),
    *("out of specification", "vorgesehen", "verschoben", "prévu", "prévue", "refusé", "refusée", "reportée"),
    *("rechazado", "rechazada", "aplazado", "aplazada", "recusado", "recusada", "adiado", "adiada", "rifiutato"),
    *(
        "rifiutata",
        "rinviato",
        "rinviata",
        "gepland",
        "geweigerd",
        "uitgesteld",
        "拒絶",
        "拒否",
        "待行",
        "待定",
        "推迟",
    ),
    *("推遲", "延期", "评估", "評估", "准备", "准備", "放弃", "放棄", "予定"),
]
UNDONE = [
    *("cancelled", "canceled", "cancellation", "aborted", "abandoned", "not done", "not performed", "not carried out"),
    *("not undertaken", "never completed", "not given", "not administered", "not infused", "never injected"),
    *("not yet received", "not been done", "not yet been performed"),
    *("abgebrochen", "nicht durchgeführt", "nicht durchgefuehrt", "nicht erfolgt", "nicht gegeben"),
    *("nicht verabreicht", "nicht stattgefunden", "annulé", "annulée", "annulées", "annullato", "annullata"),
    *("non réalisé", "non réalisée", "non effectuée", "non fait", "non administrée", "non eseguito", "non effettuata"),
    *("non somministrato", "cancelado", "cancelada", "no realizado", "no efectuada", "no administrado", "no hecho"),
    *("não realizado", "nao efetuado", "não administrada", "não feito", "geannuleerd", "niet uitgevoerd"),
    *(
        "niet gedaan",
        "niet gegeven",
        "niet toegediend",
        "未行",
        "未做",
        "未实施",
        "未實施",
        "未进行",
        "未進行",
        "未接种",
    ),
    *("未接種", "未注射", "未输注", "未輸注", "未完成", "中止"),
]
OF_A_DONOR = [
    *("Bone marrow harvest", "Stem cell collection", "Stem cells collection", "Marrow donation", "PBSC harvesting"),
    *("Progenitor cell harvest", "HPC collection", "Kidney transplant (donor)", "Nierentransplantation (Spender)"),
    *("Donor for sister: marrow", "Donor of marrow", "Donor nephrectomy", "Donor hepatectomy", "Patient is donor"),
    *("Patient was the donor", "He is a donor", "BMT donor", "HSCT donor", "SCT donor", "Marrow donor"),
    *("Stem cell donor", "Kidney donor", "Marrow transplant to sister", "Transplant to his brother"),
    *("transplant to the mother", "transplant to her son"),
]
OF_A_RECIPIENT = [
    *("Sibling donor transplant", "Deceased donor kidney transplant", "Marrow donor transplant (unrelated)"),
    *("CABG with vein harvest", "Transplant from sister", "Allogeneic transplant, donor brother"),
    *("HSCT (brother is the donor)", "sister was the donor", "HSCT from brother (donor)", "unrelated BMT donor"),
    *("Prevue transplant", "Precancerous lesion removed", "CABG completed"),
]
STOPPED = [
    *("STOP", "HOLD", "Hold.", "D/C", "discontinue", "Prednisone - stop", "Prednisone (hold)", "Prednisone: HOLD"),
    *("patient stop", "Prednisone discontinued", "Prednisone stopped", "Prednisone abgesetzt", "Prednisone pausiert"),
    *("Discontinued 11/1/2026", "Stopped on 3 Nov", "Held since 2 Nov", "on hold", "held", "D/C'd", "DC'd", "dcd"),
    *(
        "abgesetzt am 3.11.",
        "pausiert seit 3.11.",
        "beendet",
        "(discontinued) Prednisone",
        "停药",
        "停藥",
        "已停用",
        "停止",
    ),
    *("Prednisone – on hold", "held in 2026", "中止"),
]
GOING_ON = [
    *("hold if platelets < 50", "Take until stopped", "to be discontinued", "if discontinued", "do not stop"),
    *("stop smoking", "Hold 2 days before surgery", "not discontinued", "never stopped", "stop taking if rash"),
    *("Threshold", "household", "Take 2 tablets daily", "handheld"),
]
NOT_TAKEN = [
    *UNTRUE,
    *("declining", "refusing"),
    *("declined", "declines", "refused", "refuses", "refusal", "rejected by insurer", "cancelled", "cancellation"),
    "withheld",
    *("contraindicated", "not given", "never given", "not taken", "never taken", "not taking", "not started"),
    *("not begun", "never filled", "not picked up", "not dispensed", "not administered", "not been started"),
    *("abgelehnt", "abgesagt", "verweigert", "nicht eingenommen", "nicht gegeben", "拒绝", "取消"),
    *("not infused", "never injected", "not received", "never used", "not yet started", "not yet been filled"),
    *("manufacturing failure", "manufacturing failed", "out of specification", "nicht verabreicht", "nicht genommen"),
    *("nicht begonnen", "refusé", "refusée", "non prise", "non pris", "non preso", "non presa", "non administré"),
    *("non administrée", "non somministrato", "non somministrata", "rechazado", "rechazada", "no tomado"),
    *("no tomada", "no administrado", "geweigerd", "niet ingenomen", "niet toegediend", "niet gestart"),
    *("拒絶", "拒否", "未服", "未用药", "未用藥", "未使用", "未注射", "未输注", "未輸注"),
]


@pytest.mark.parametrize("words", [*DENIED, *SUSPECTED])
def test_what_takes_back(words: str) -> None:
    assert takes_back(words)


@pytest.mark.parametrize("words", [*DENIED, "PE entered in error", "PE wrong patient"])
def test_what_denies(words: str) -> None:
    assert denies(words)


@pytest.mark.parametrize("words", DOUBTED)
def test_what_doubts(words: str) -> None:
    assert doubts(words)


@pytest.mark.parametrize("words", NOT_OF_A_RELATIVE)
def test_who_is_named_and_did_not_have_it(words: str) -> None:
    assert not doubts(words)


@pytest.mark.parametrize("words", PAST)
def test_what_is_past(words: str) -> None:
    assert says_past(words)


@pytest.mark.parametrize("words", CONTESTED)
def test_what_calls_it_wrong_or_not_made_yet(words: str) -> None:
    assert contests(words)


@pytest.mark.parametrize("words", NOT_DONE)
def test_what_was_not_done(words: str) -> None:
    assert leaves_undone(f"Transplant {words}")


@pytest.mark.parametrize(
    "words",
    ["from sibling donor", "with brother as donor", "of donated cells", "after donation by sister", "donor: wife"],
)
def test_who_gave_it_says_that_it_was_done(words: str) -> None:
    assert not leaves_undone(f"Transplant {words}")


@pytest.mark.parametrize("words", UNDONE)
def test_what_says_outright_that_it_was_not_done(words: str) -> None:
    assert leaves_undone(f"Transplant {words}")
    assert says_undone(f"Transplant {words}")


@pytest.mark.parametrize("words", ["No complications", "Pathology pending", "Follow-up recommended", "Completed"])
def test_what_an_outcome_says_of_other_things(words: str) -> None:
    assert not says_undone(words)


@pytest.mark.parametrize("words", OF_A_DONOR)
def test_what_is_done_to_a_donor(words: str) -> None:
    assert leaves_undone(words)


@pytest.mark.parametrize("words", OF_A_RECIPIENT)
def test_what_is_done_to_who_has_a_donor(words: str) -> None:
    assert not leaves_undone(words)


@pytest.mark.parametrize("words", STOPPED)
def test_what_is_no_longer_taken(words: str) -> None:
    assert says_stopped(words)


@pytest.mark.parametrize("words", GOING_ON)
def test_what_tells_when_to_stop(words: str) -> None:
    assert not says_stopped(words)


@pytest.mark.parametrize("words", NOT_TAKEN)
def test_what_was_not_taken(words: str) -> None:
    assert leaves_untaken(f"Prednisone {words}")


@pytest.mark.parametrize("says", [takes_back, denies, doubts, contests, says_past, leaves_undone, leaves_untaken])
def test_a_name_alone_says_none_of_it(says: Callable[[str], bool]) -> None:
    assert not says("Acute pulmonary embolism")


@pytest.mark.parametrize(
    ("says", "words"),
    [
        *((denies, words) for words in ("Norovirus enteritis", "no longer febrile with PE", "PE, D-dimer negative")),
        *((takes_back, words) for words in ("DDAVP response in PE", "PE? yes")),
        *(
            (doubts, words)
            for words in ("Graft versus host disease", "Graft vs. host disease", "Graft-vs-host disease")
        ),
        *(
            (doubts, words)
            for words in ("Graft-versus-host disease", "Host versus graft reaction", "Graft vs leukemia")
        ),
        *((doubts, words) for words in ("Host-versus-graft reaction", "RO 52 antibody", "RO52 antibody")),
        *((doubts, words) for words in ("PE, D-dimer: negative", "PE; D-dimer: negative")),
        *((says_past, words) for words in ("Old-world leishmaniasis", "Pasteurellosis", "PE, old woman")),
        *((says_past, words) for words in ("PE not resolved", "PE not yet resolved", "PE never resolved")),
        *((says_past, words) for words in ("Non-resolved PE", "Non resolved PE", "Unresolved PE")),
        *((says_past, words) for words in ("PE not cured", "PE not yet healed", "PE never cured", "Incurable PE")),
        *(
            (says_past, words)
            for words in (
                "Heart failure with recovered ejection fraction",
                "HF with recovered EF",
                "PE partially recovered",
                "incompletely healed PE",
                "PE not fully recovered",
            )
        ),
        *(
            (says_past, words)
            for words in ("Inactive carrier of PE", "PE no longer controlled", "no longer febrile, PE")
        ),
        *((contests, words) for words in ("PE, provisional visit", "Differential count", "Primary diagnosis: PE")),
    ],
)
def test_a_name_or_another_sense_says_none_of_it(says: Callable[[str], bool], words: str) -> None:
    assert not says(words)


@pytest.mark.parametrize(
    "words",
    [
        *("no", "not yet", "none", "never", "unknown", "n/a", "na", "ongoing", "still", "present", "active"),
        *("current", "chronic", "persists", "persistent"),
        *(
            "false",
            "False",
            "unresolved",
            "resolving",
            "improving",
            "continuing",
            "lifelong",
            "pending",
            "expected in May",
        ),
        *(
            "planned",
            "next year",
            "will be in May",
            "nein",
            "nicht",
            "keine",
            "noch",
            "aktiv",
            "andauernd",
            "anhaltend",
        ),
        *("unbekannt", "0", "F", "N", "?", "-", ""),
    ],
)
def test_an_end_in_words_that_is_none(fact_of: Any, words: str) -> None:
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "59282003"}]},
        "abatementString": words,
    }
    fact = fact_of("vasc.pe", condition)
    assert (fact.ended, fact.state) == (False, State.UNSTATED)
    for said in ("last spring", "true", "yes", "Y", "1", "until 2019"):
        assert fact_of("vasc.pe", {**condition, "abatementString": said}).ended
