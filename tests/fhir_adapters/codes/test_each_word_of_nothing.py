"""Every word that only stands where a name is missing, and every one that says that nobody could be asked."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.nameless import is_nameless, nothing_is_known
from trialsieve.fhir_adapters.elements.codings import Coded
from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.concept import Terminology
from trialsieve.rules.vocabulary import Kind

INDEX = CodeIndex({}, Terminology({}, {}, frozenset(), {}))
NOBODY_KNOWS = [
    *("", "unknown", "unspecified", "unavailable", "unobtainable", "undocumented", "not known", "not specified"),
    *("not available", "not applicable", "not recorded", "not documented", "not assessed", "not obtained"),
    *("not obtainable", "not on file", "no information", "N/A", "n.a.", "NA"),
    *("unknown concept", "unknown code", "unknown value", "unknown (qualifier value)", "unknown drug"),
    *("drug treatment unknown", "unknown medication", "unknown medications", "unknown medicine", "unknown substance"),
    *("unknown vaccine", "vaccination unknown", "immunization not recorded", "unknown condition", "unknown problem"),
    *("procedure unknown", "unknown surgery", "surgeries unknown", "unknown allergen", "allergies: unknown"),
    *("unknown allergy", "diagnosis unknown", "unknown diagnoses", "home medications: unknown"),
    *("current medications unknown", "past surgeries unknown", "previous surgeries unknown", "prior vaccines unknown"),
    *("unbekannt", "unbekannte", "Medikation unbekannt", "Medikamente unbekannt", "Diagnose unbekannt"),
    *("Diagnosen unbekannt", "k. A.", "keine Angabe", "keine Angaben", "inconnu", "inconnue", "desconocido"),
    *("desconocida", "sconosciuto", "sconosciuta", "onbekend", "desconhecido", "desconhecida", "未知", "不详", "不明"),
]
NAME_LOST = [
    *("unmapped", "unmapped code", "drug unmapped", "no matching concept", "[REDACTED]", "redacted", "masked"),
]
OF_A_TRIAL = [
    *("Study drug", "study drugs", "Trial medication", "Investigational medicine", "Experimental agent"),
    *("research product", "Investigational medicinal product", "study compound", "investigational treatment"),
    *("study infusion", "Blinded study drug", "double-blind study medication", "blind trial drug"),
    *("Study drug (blinded)", "study drug or placebo", "Study drug vs placebo", "study drug versus placebo"),
    *("Investigational product (IMP)", "Study drug AB-1234", "Study drug arm 2", "Study medication 12 mg 3x"),
    *("IMP", "Blinded IMP", "IMP (blinded)", "Placebo or study drug", "placebo vs active drug"),
    *("placebo versus study drug",),
    *("Prüfpräparat", "Prüfpräparate", "Prüfmedikation", "Prüfmedikament", "Prüfsubstanz", "Prüfarzneimittel"),
    *("Studienmedikation 12", "Studienmedikament", "Studienpräparat", "试验药物", "试验用药", "研究药物", "研究用药物"),
]
NOBODY_ASKED = [
    *("unable to assess", "patient unable to assess", "unable to obtain history", "unable to give history"),
    *("patient unable to provide history", "unable to obtain hx", "PMHx unknown"),
    *("PMH: unknown", "history is unknown", "unknown history", "unknown medical history", "status unknown"),
    *("no history available", "no history obtained", "no history obtainable", "no history recorded"),
    *("no history documented", "no history on file", "no information available", "no list on file"),
    *("unable to obtain a history", "unable to obtain any history", "unable to give the history"),
    *("unable to provide his history", "unable to obtain her history", "past medical history unknown"),
    *("previous history unknown", "prior history unknown", "no clinical information available"),
    *("health information not available", "patient history unknown", "unable to give full history"),
    *("unable to give complete history",),
    *("Vorgeschichte unbekannt", "Vorerkrankungen nicht bekannt", "Anamnese nicht erhebbar", "Anamnese nicht erhoben"),
    *("Eigenanamnese nicht erhebbar", "antécédents inconnus", "antécédents médicaux inconnus", "antecedents inconnus"),
    *("antecedents medicaux inconnus", "antecedentes desconocidos", "antecedentes médicos desconocidos"),
    *("antecedentes medicos desconocidos", "病史不详", "病史不明", "病史未知"),
]
OF_ONE_KIND = {
    Kind.CONDITION: ["problem list not available"],
    Kind.MEDICATION: [
        *("medication history unknown", "drug history unknown", "treatment history unknown", "home list unavailable"),
        "current list unavailable",
    ],
    Kind.PROCEDURE: ["surgical history unknown", "unable to obtain a procedure history"],
    Kind.IMMUNIZATION: [
        *("vaccination history unknown", "immunization status unknown", "vaccine list unavailable"),
        "unable to obtain an immunization history",
    ],
}
NAMES = [
    *("unknown primary cancer", "not applicable brace", "sodium (Na)", "unmapped rash", "masked facies"),
    *("study of sleep", "Study drug imatinib", "investigational agent nelarabine", "important", "trial of labour"),
    *("smoking history unknown", "family history unknown", "no past medical history", "history of asthma"),
]


@pytest.mark.parametrize("words", [*NOBODY_KNOWS, *NAME_LOST, *OF_A_TRIAL])
def test_what_stands_where_a_name_is_missing(words: str) -> None:
    assert is_nameless(Kind.MEDICATION, Coded((), words or "-"), INDEX)


@pytest.mark.parametrize(
    ("words", "expected"),
    [*((words, True) for words in (*NOBODY_KNOWS, *NOBODY_ASKED)), *((words, False) for words in NAME_LOST)],
)
def test_what_says_that_no_diagnosis_is_known(words: str, expected: bool) -> None:
    assert nothing_is_known(Kind.CONDITION, Coded((), words or "-"), INDEX) is expected


@pytest.mark.parametrize("kind", OF_ONE_KIND)
@pytest.mark.parametrize("words", NOBODY_ASKED)
def test_what_says_that_nobody_could_be_asked(kind: Kind, words: str) -> None:
    assert nothing_is_known(kind, Coded((), words), INDEX)


@pytest.mark.parametrize(("kind", "words"), [(kind, words) for kind, each in OF_ONE_KIND.items() for words in each])
def test_what_says_that_of_one_kind(kind: Kind, words: str) -> None:
    known_of = {one for one in OF_ONE_KIND if nothing_is_known(one, Coded((), words), INDEX)}
    assert known_of == {kind}


@pytest.mark.parametrize("words", NAMES)
def test_what_is_a_name_all_the_same(words: str) -> None:
    code = Coded((), words)
    assert (is_nameless(Kind.MEDICATION, code, INDEX), nothing_is_known(Kind.CONDITION, code, INDEX)) == (False, False)
