"""Every word by which a reaction is anaphylaxis, or grave, so that nobody can call it mild; and by which it was not."""

from __future__ import annotations

from typing import Any

import pytest

from trialsieve.fhir_adapters.codes.terms import Terms
from trialsieve.fhir_adapters.facts.allergy_severity import severity
from trialsieve.rules.concept import Terminology
from trialsieve.rules.rule_book import RuleBook, Site

TERMS = Terms.of(RuleBook({}, {}, {}, {}, Terminology({}, {}, frozenset(), {}), Site()), None)
SEVERE = ["anaphylaxis", "anafilaxia", "choque anafiláctico", "choc anaphylactique", "过敏性休克", "過敏性休克"]
# what is denied is another thing
SEVERE += ["Anaphylaktische Reaktion ohne Schock", "Anaphylaxie sans choc", "过敏性休克，无意识丧失"]
GRAVE = [
    # what is denied is another thing
    *("无明显诱因出现喉头水肿", "Ohne Vorwarnung Quincke-Ödem", "Sans prodrome œdème de Quincke"),
    *("sin causa aparente angioedema", "没有及时就诊喉头水肿"),
    *("Stevens-Johnson", "Stevens Johnson", "SJS", "Lyell", "toxic epidermal necrolysis", "necrólisis epidérmica"),
    *("nécrolyse épidermique toxique", "toxische epidermale Nekrolyse", "TEN", "DRESS", "rash with eosinophilia"),
    *("larynx edema", "laryngeal oedema", "laryngeal swelling", "Larynxödem", "Larynxoedem", "larynxoedeem"),
    *("œdème de Quincke", "oedème laryngé", "œdème du larynx", "œdème de la glotte", "edema de glotis"),
    *("edema laríngeo", "edema glótico", "edema della laringe", "edema della glottide", "edema da glote"),
    *("edema of the larynx", "edema of epiglottis", "epiglottic swelling", "swelling of throat", "throat swelling"),
    *("pharyngeal edema", "swelling of the pharynx", "edema faríngeo", "edema faringeo", "tongue swelling"),
    *(
        "airway swelling",
        "airways oedema",
        "swelling of upper airways",
        "swelling of the upper airway",
        "oedeem van de larynx",
    ),
    *("laryngospasm", "laryngeal spasm", "laringoespasmo"),
    *(
        "angioedema",
        "angio-edema",
        "angioneurotic edema",
        "angioödem",
        "angioedeem",
        "angio-oedeem",
        "angiœdème",
        "angiodema",
    ),
    *("angiodème", "Quincke"),
    *("bronchospasm", "bronchial spasm", "broncoespasmo", "broncospasmo", "bronchoconstriction", "bronkospasme"),
    *("Bronchokonstriktion", "broncoconstricción"),
    *(
        "史蒂文斯-约翰逊综合征",
        "中毒性表皮坏死松解症",
        "血管性水肿",
        "血管神经性水肿",
        "喉头水肿",
        "喉水肿",
        "支气管痉挛",
    ),
    *("throat closing", "throat tightness", "cardiac arrest", "cardiorespiratory arrest", "respiratory arrest"),
    *("heart arrest", "arrêt cardiaque", "arret respiratoire", "paro cardíaco", "arresto cardiaco"),
    *("arresto respiratorio", "Herzstillstand", "Kreislauf-Stillstand", "Atemstillstand", "hartstilstand"),
    *("needed resuscitation", "Reanimation", "réanimé", "intubated", "shock", "Schock", "choc", "choque"),
    *("fatal", "death", "patient died", "心跳骤停", "心脏骤停", "心臟骤停", "呼吸骤停", "休克"),
    # what is denied is another thing
    "anaphylaxis without hypotension",
    *("angioedema without urticaria", "angioedema not requiring intubation", "non-allergic angioedema"),
    *(
        "Angioödem ohne Urtikaria",
        "血管性水肿无皮疹",
        "no rash, angioedema",
        "no rash; angioedema",
        "no rash. angioedema",
    ),
    *("no rash but angioedema", "无皮疹，血管性水肿", "无皮疹。血管性水肿", "无皮疹；血管性水肿", "无皮疹、血管性水肿"),
]
NOT_GRAVE = [
    *("swelling of the arm", "edema of the hand", "ten minutes", "change of dress", "itching of the throat"),
    *("no angioedema", "not angioedema", "never angioedema", "rash without angioedema", "denies angioedema"),
    *("kein Angioödem", "keine Bronchospasmen", "Ausschlag ohne Angioödem", "pas d'angioedème", "sans bronchospasme"),
    *("aucun angioedème", "aucune anaphylaxie", "sin angioedema", "niega angioedema", "sem angioedema"),
    *("nega angioedema", "senza angioedema", "geen angio-oedeem", "zonder angio-oedeem", "非过敏"),
    *("无喉头水肿", "無喉水肿", "没有喉头水肿", "沒有喉水肿", "否认喉头水肿", "否認喉水肿"),
    *("angioedema: no", "angioedema - none", "angioœdème : non", "angioedema never", "Angioödem: nein"),
    *("angioedema denied", "angioedema absent", "angioedema not present", "angioedema not seen"),
    *("angioedema not reported", "angioedema not observed", "angioedema not known", "angioedema not confirmed"),
    *("喉头水肿：无", "喉水肿：無"),
]
NO_ANAPHYLAXIS = [
    *("non-anaphylactic", "non anaphylactic", "no anaphylaxis", "not anaphylaxis", "never anaphylaxis"),
    *("rash without anaphylaxis", "denies anaphylaxis", "keine Anaphylaxie", "Exanthem ohne Anaphylaxie"),
    *("pas d'anaphylaxie", "exanthème sans anaphylaxie", "aucune anaphylaxie", "aucun choc anaphylactique"),
    *("sin anafilaxia", "niega anafilaxia", "sem anafilaxia", "nega anafilassi", "senza anafilassi"),
    *("geen anafylaxie", "zonder anafylaxie", "无过敏性休克", "無過敏性休克", "没有过敏性休克", "沒有过敏性休克"),
    *("否认过敏性休克", "否認過敏性休克"),
]


def said(words: str, mild: bool) -> set[str | None]:
    """What is said of how severe an allergy is with one reaction, which is called mild or nothing."""
    reaction: dict[str, Any] = {"manifestation": [{"text": words}]} | ({"severity": "mild"} if mild else {})
    return {word.text for word in severity({"resourceType": "AllergyIntolerance", "reaction": [reaction]}, TERMS)}


@pytest.mark.parametrize("words", SEVERE)
def test_what_is_severe_whatever_else_is_said_of_it(words: str) -> None:
    assert (said(words, mild=False), said(words, mild=True)) == ({"severe"}, {"mild", "severe"})


@pytest.mark.parametrize("words", GRAVE)
def test_what_is_not_mild(words: str) -> None:
    assert (said(words, mild=False), said(words, mild=True)) == (set(), {"mild", "severe"})


@pytest.mark.parametrize("words", [*NOT_GRAVE, *NO_ANAPHYLAXIS])
def test_what_may_be_mild(words: str) -> None:
    assert (said(words, mild=False), said(words, mild=True)) == (set(), {"mild"})
