"""Words of other languages that deny, doubt or move to the past the diagnosis beside them."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.codes.words_of_other_languages import denies, leaves_open, says_past
from trialsieve.rules.vocabulary import Certainty

SNOMED = "http://snomed.info/sct"
PE = "59282003"

DENIED = [
    # German, French, Spanish
    "Kein Hinweis auf Lungenembolie", "CT: kein Anhalt für LE", "LE nicht nachgewiesen", "Ohne Lungenembolie",
    "Lungenembolie ausgeschlossen", "Familienanamnese: Lungenembolie", "Mutter: Lungenembolie", "Großvater (LE)",
    "Pas d'embolie pulmonaire", "Aucune embolie", "Absence d'embolie", "Embolie pulmonaire exclue", "EP éliminée",
    "Sans embolie", "Antécédents familiaux d'EP", "Père : EP",
    "Sin TEP", "Niega TEP", "TEP descartado", "TEP descartada", "Antecedentes familiares de TEP", "Madre: TEP",
    # Italian, Dutch, Portuguese
    "Nessuna embolia polmonare", "Assenza di embolia", "Embolia polmonare esclusa", "Anamnesi familiare: EP",
    "Geen longembolie", "Longembolie uitgesloten", "Familieanamnese: longembolie", "Vader: longembolie",
    "Sem embolia", "Nega embolia", "Embolia excluída", "História familiar de embolia", "Mãe: embolia",
    # Chinese, Japanese
    "否认肺栓塞", "肺栓塞（否认）", "未见肺栓塞", "无肺栓塞", "无合并肺栓塞", "已排除肺栓塞", "肺栓塞家族史",
    "父亲肺栓塞", "肺塞栓症の家族歴", "肺塞栓症なし", "肺塞栓症は否定", "母：肺塞栓症",
]  # fmt: skip
OPEN = [
    "V.a. Lungenembolie", "V. a. LE", "Verdacht auf LE", "Verdachtsdiagnose LE", "Lungenembolie (Verdacht)",
    "LE, V.a.", "Fraglich LE", "Ausschluss LE", "LE unwahrscheinlich", "LE nicht bestätigt", "Zum Ausschluß LE",
    "Suspicion d'EP", "Suspicion de TVP", "EP suspectée", "EP probable", "EP à éliminer", "EP non confirmée",
    "Sospecha de TEP", "Posible TEP", "TEP a descartar", "TEP no confirmada",
    "Sospetto di EP", "Sospetta embolia", "EP da escludere", "Possibile EP", "Embolia sospetta",
    "Verdenking longembolie", "Mogelijk longembolie", "Longembolie niet bevestigd",
    "Suspeita de embolia", "Embolia provável", "Possível embolia",
    "疑似肺栓塞", "肺栓塞疑似", "肺栓塞待排", "肺栓塞待查", "排除肺栓塞", "肺栓塞不能除外", "考虑肺栓塞", "肺栓塞可能",
    "肺塞栓症の疑い", "肺塞栓症疑い", "肺塞栓症の可能性",
]  # fmt: skip
PAST = [
    "Z.n. Lungenembolie", "Z. n. LE", "Zn. LE", "Zustand nach LE", "LE (Z.n.)", "Anamnestisch LE", "Alte LE",
    "LE in der Vorgeschichte", "St.p. LE",
    "Antécédent d'embolie pulmonaire", "Antécédents : EP", "ATCD EP", "Ante\u0301ce\u0301dent d'EP",
    "Antecedente de TEP", "Historia de TEP",
    "Pregressa embolia polmonare", "EP in anamnesi",
    "Status na longembolie", "Longembolie in de voorgeschiedenis", "Voorgeschiedenis: longembolie",
    "Antecedente de embolia", "Histórico de embolia", "História de embolia",
    "既往肺栓塞", "肺栓塞病史", "肺栓塞史", "陈旧性肺栓塞", "肺塞栓症の既往", "肺塞栓症既往",
]  # fmt: skip
NEITHER = [
    "Lungenembolie", "Akute Lungenembolie mit Cor pulmonale", "Lungenembolie, kein Fieber", "LE, Mutter informiert",
    "Embolie pulmonaire", "Embolie pulmonaire sans cœur pulmonaire", "Embolia pulmonar sin cor pulmonale",
    "Embolia polmonare senza cuore polmonare", "Longembolie zonder cor pulmonale", "Embolia pulmonar sem choque",
    "Non-Hodgkin-Lymphom", "Non Hodgkin lymphoma", "Septische Lungenembolie", "Single ventricle", "Sinusitis",
    "Seminoma", "Exclusive breastfeeding", "Status asthmaticus", "Suspected", "Negative", "Paihia fever",
    "Possible-worlds syndrome", "Sinus thrombosis", "Altered mental status", "Vader Scott syndrome",
    "肺栓塞", "急性肺栓塞", "肺血栓塞栓症", "无症状肺栓塞", "无菌性脑膜炎", "无脾综合征", "无Q波心肌梗死",
    "无并发症的2型糖尿病", "无创机械通气", "無創通氣", "Лейкоз", "폐색전증",
    "Πνευμονική εμβολή", "", "?",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, (True, False)) for text in DENIED),
        *((text, (False, True)) for text in OPEN),
        *((text, (False, False)) for text in (*PAST, *NEITHER)),
    ],
)
def test_what_they_say_of_now(text: str, expected: tuple[bool, bool]) -> None:
    assert (denies(text), leaves_open(text) and not denies(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [*((t, True) for t in PAST), *((t, False) for t in (*OPEN, *NEITHER))])
def test_what_they_say_of_the_past(text: str, expected: bool) -> None:
    assert says_past(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, Certainty.WEAK) for text in (*DENIED[::5], *OPEN[::5], *PAST[::5])),
        ("Akute Lungenembolie", Certainty.FIRM),
        ("Embolia pulmonar sin cor pulmonale", Certainty.FIRM),
        ("急性肺栓塞", Certainty.FIRM),
    ],
)
def test_a_diagnosis_beside_them_is_unconfirmed(fact_of: Any, make: Any, text: str, expected: Certainty) -> None:
    said = {"coding": [{"system": SNOMED, "code": PE}], "text": text}
    assert fact_of("vasc.pe", {**make.condition(PE), "code": said}).certainty is expected


@pytest.mark.parametrize("text", ["家族歴", "Familienanamnese", "Antecedentes familiares", "Anamnesi familiare"])
def test_a_category_of_the_family(fact_of: Any, make: Any, text: str) -> None:
    assert fact_of("vasc.pe", make.condition(PE, category=[{"text": text}])).certainty is Certainty.WEAK
