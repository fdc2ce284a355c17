"""Every word by which allergies are denied, of any kind or to drugs, and by which one is told of beside a denial."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.allergy_words import denies_any, denies_drugs_alone, names_nothing, tells_of_one

NONE_AT_ALL = [
    *("NKA", "none", "none known", "no allergy", "no allergies", "no known allergies", "no allergies known"),
    *("no allergies reported", "patient has no allergies", "the patient has no known allergies"),
    *("pt reports no allergies", "denies allergies", "denies any allergies", "denies known allergies"),
    *("keine", "keine bekannt", "keine Allergie", "keine Allergien", "keine bekannten Allergien"),
    *("keine Allergien bekannt", "aucune", "aucune allergie", "aucune allergie connue", "pas d'allergie"),
    *("pas d’allergie", "pas d allergie", "absence d'allergie", "pas d'allergies connues"),
    *("ninguna", "sin alergias", "sin alergia", "no alergias", "no tiene alergias", "niega alergias"),
    *("ninguna alergia", "ninguna alergia conocida", "sin alergias conocidas"),
    *("nenhuma", "sem alergias", "não há alergias", "não tem alergias", "nega alergias", "nenhuma alergia"),
    *("sem alergias conhecidas", "nenhuma alergia conhecida"),
    *("nessuna", "nessuna allergia", "nega allergie", "nessuna allergia nota", "nega allergie note"),
    *("nessuna allergia conosciuta", "nega allergie conosciute"),
    *("geen", "geen allergie", "geen allergieën", "geen allergieen", "geen bekende allergieën"),
    "geen allergieën bekend",
    *("无", "無", "无过敏", "無過敏", "无过敏史", "無過敏史", "否认过敏史", "否認過敏史", "无已知过敏"),
    *("なし", "アレルギーなし", "アレルギー無し", "アレルギー歴なし", "既知のアレルギーなし"),
    # behind a heading
    *("Allergies: none", "Allergy status: NKA", "Allergy history: none", "Allergy: no known allergies"),
    *("Alergias: ninguna", "Alergia: nenhuma", "过敏史：无", "過敏史：無", "过敏：无", "アレルギー：なし"),
    "No known allergies (situation)",
]
NONE_TO_DRUGS = [
    *("NKDA", "N.K.D.A.", "no known drug allergies", "no medication allergies", "no known medicine allergies"),
    *("no known allergies to drugs", "no known allergies to medications"),
    *("denies allergy to medicines", "denies any drug allergies", "no known allergy to medication"),
    *("keine Arzneimittelallergien", "keine bekannte Medikamentenallergie"),
    *("keine Allergien gegen Arzneimittel bekannt", "keine bekannten Allergien gegen Medikamente"),
    *("aucune allergie médicamenteuse", "pas d'allergie médicamenteuse connue", "pas d’allergies medicamenteuses"),
    "pas d'allergies médicamenteuses connues",
    *("absence d'allergie connue aux médicaments", "pas d'allergie aux medicaments"),
    *("sin alergias medicamentosas", "no alergia medicamentosa", "niega alergias a medicamentos"),
    *("sin alergias conocidas a medicamentos", "niega alergia a los medicamentos", "no tiene alergias medicamentosas"),
    *("sin alergias medicamentosas conocidas", "ninguna alergia medicamentosa conocida"),
    *("sem alergias medicamentosas conhecidas", "nega alergias medicamentosas", "não há alergias medicamentosas"),
    *("sem alergias conhecidas a medicamentos", "nenhuma alergia medicamentosa"),
    *("nessuna allergia a farmaci", "nega allergie a farmaci", "nessuna allergia nota ai farmaci"),
    *("nessuna allergia a farmaci nota", "nega allergie a farmaci note", "nessuna allergia a farmaci conosciuta"),
    *("nega allergie ai farmaci conosciute", "nega allergie conosciute a farmaci"),
    *("geen geneesmiddelenallergie", "geen bekende medicijnallergie"),
    *("geen allergieën voor geneesmiddelen bekend", "geen allergie voor medicijnen"),
    *("无药物过敏", "无药物过敏史", "否认药物过敏史", "無藥物過敏", "薬物アレルギーなし"),
]
AGREEING = [
    *("No allergy to penicillin", "no known reactions", "NKA", "NKFA", "nil known", "none", "never had any"),
    *("denies reactions", "denied", "without any reaction", "negative", "not allergic to anything"),
    *("the patient denies any", "patient has no reactions", "pt reports none", "patient report no reactions"),
    *("states no reactions", "have no reactions", "patient with no reactions", "known allergies none"),
    *("drug allergies none", "food allergies none", "medication allergies none", "environmental allergies none"),
    *("allergy status negative", "allergy history negative", "allergy is denied", "patient is not allergic"),
    *("allergies are denied", "not known to be allergic", "allergies not known to exist", "no history of allergy"),
    *(
        "kein Allergen bekannt",
        "aucun",
        "aucune connue",
        "pas connue",
        "sans réaction",
        "ninguna conocida",
        "ningún alérgeno",
    ),
    *("sin reacciones", "sem reações", "não referidas", "nao referidas", "nenhuma conhecida", "nessuna reazione"),
    *("non allergico", "senza reazioni", "geen reacties", "ingen kända", "inga kända", "inte allergisk"),
    *(
        "brak alergii",
        "нет аллергии",
        "无食物过敏",
        "無食物過敏",
        "未见过敏",
        "从没过敏",
        "從沒過敏",
        "否认花粉过敏",
        "否認花粉過敏",
    ),
    "无外用药过敏",
]
TOLD = [
    *("penicillin", "No known allergies but penicillin", "none except latex", "none excepting latex"),
    *("NKDA with the exception of latex", "none excluding latex", "none other than latex", "none apart from latex"),
    *("none aside from latex", "none besides latex", "none however latex", "keine außer Latex", "keine ausser Latex"),
    *("keine bis auf Latex", "keine ausgenommen Latex", "aucune sauf latex", "aucune hormis latex"),
    *("aucune excepté latex", "aucune à part latex", "ninguna excepto látex", "nenhuma exceto látex"),
    *("ninguna salvo látex", "nessuna eccetto lattice", "nessuna tranne lattice", "geen behalve latex"),
    *("geen uitgezonderd latex", "inga utom latex", "无已知过敏除青霉素", "除青霉素外无已知过敏", "除青霉素外未见过敏"),
    *("除青霉素外否认过敏史", "除青黴素外無過敏", "除青霉素外没有过敏", "除青黴素外沒有過敏"),
    *(f"none{mark}latex" for mark in (",", ";", ":", ".", "(", ")", "[", "]", "/", "\n", " - ", " – ")),
    *(f"无{mark}青霉素" for mark in ("，", "；", "：", "。", "（", "）", "、")),
    *("not assessed", "not yet assessed", "not asked", "not known", "not recorded", "not reviewed", "not on file"),
    *(
        "not done",
        "unknown",
        "no information",
        "no allergy information",
        "未知",
        "过敏史未评估",
        "過敏史未評估",
        "未询问",
    ),
    *("未詢問", "未记录", "未記錄", "无法获取", "無法評估"),
    *(
        "non-steroidal anti-inflammatory",
        "non steroidal anti-inflammatory",
        "non ionic contrast",
        "non-opioid analgesics",
    ),
]
NOT_KNOWN = [
    *("unknown", "unspecified", "not recorded", "no drug allergies", "food allergies: none", "drugs: nil", "never"),
    *("N/A", "NA", "NKA", "NKDA", "drug allergies denied", "denies food allergies", "negative", "unable to obtain"),
    *("unable to assess", "no information", "Allergie unbekannt", "Allergien nicht erfragt", "nicht erhoben"),
    *("nicht bekannt", "keine bekannte", "kein", "keinen", "inconnue", "allergies inconnues", "inconnu", "non connue"),
    *("non connues", "aucune", "alergia desconocida", "alergias desconocidas", "no conocida", "no conocidas"),
    *(
        "ninguna",
        "alergia desconhecida",
        "alergias desconhecidas",
        "nenhuma",
        "allergia sconosciuta",
        "sconosciute",
        "nessuna",
    ),
    *("onbekend", "geen", "不详", "不詳", "不明", "未知", "无", "無", "なし", "过敏史不详", "過敏史不詳", "过敏史不明"),
]
SAYING_NOTHING = [
    *("allergy status unknown", "allergic: unknown", "Allergien: nicht erfragt", "alergia/alergias: no"),
    *("allergy history list unknown (situation)", "unknown (finding)", "allergic disorder unknown", "no drug"),
    *(
        "no drugs",
        "no medication",
        "no medications",
        "no medicine or medicines",
        "no food",
        "no foods and environmental",
    ),
    *("no environment", "no seasonal", "not allergic to any other known active, current", "none recorded at 08:00"),
    *("not reviewed", "not confirmed", "not verified", "not updated", "not checked", "not assessed on 2026-10-01"),
    *(
        "unknown by the patient",
        "unknown per pt with nurse",
        "unknown: physician",
        "unknown: family",
        "unknown of mother",
    ),
    *(
        "not assessed today",
        "reviewed: yes (unknown)",
        "a none",
        "过敏：不明",
        "药物：不明",
        "食物：不明",
        "药物过敏：不明",
        "药物过敏史：不明",
        "過敏：無",
    ),
    *("過敏史：無", "藥物：無", "アレルギー：なし", "过敏史：无", "none to any drug"),
]


@pytest.mark.parametrize("words", NONE_AT_ALL)
def test_what_denies_allergies_of_any_kind(words: str) -> None:
    assert (denies_any(words), denies_drugs_alone(words), tells_of_one(words)) == (True, False, False)


@pytest.mark.parametrize("words", NONE_TO_DRUGS)
def test_what_denies_allergies_to_drugs_alone(words: str) -> None:
    assert (denies_any(words), denies_drugs_alone(words), tells_of_one(words)) == (False, True, False)


@pytest.mark.parametrize("words", AGREEING)
def test_what_tells_of_none_beside_a_denial(words: str) -> None:
    assert not tells_of_one(words)


@pytest.mark.parametrize("words", TOLD)
def test_what_tells_of_one_or_that_nobody_knows(words: str) -> None:
    assert (denies_any(words), denies_drugs_alone(words), tells_of_one(words)) == (False, False, True)


@pytest.mark.parametrize("words", NOT_KNOWN)
def test_what_names_nothing(words: str) -> None:
    assert names_nothing(words)


@pytest.mark.parametrize("words", SAYING_NOTHING)
def test_what_names_nothing_beside_that(words: str) -> None:
    assert names_nothing(words)
