"""What a result was measured in, where that is not the blood that its code names: serum of a drain, blood of a vein."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.elements.codings import Coded, CodeReader
from trialsieve.rules.codes import SNOMED
from trialsieve.rules.concept import Code, Concept
from trialsieve.rules.vocabulary import Role

_SPECIMEN: Final = "specimen"
_TABLE_0487: Final = ("http://terminology.hl7.org/CodeSystem/v2-0487", "http://hl7.org/fhir/v2/0487")
# hl7.terminology.r4-7.0.1@npm:package/CodeSystem-v2-0487.json
_OTHERS_IN_0487: Final = frozenset(
    """
    AMN BIFL BON BONE BX CSF DIA DIAF DRN DRNG DRNGP DUFL EFFUS EXUDTE FGA FLU HYDC JNTFLD JP KIDFLD LAVG LAVGG LAVGP
    LSAC MAR MEC MILK PAFL PCFL PLC PLR PUS RANDU SAL SKBP SKN SMN SNV SPT SPTC SPTT STL SWT TEAR TISS TUMOR UR URC
    URINB URINC URINM URINN URINP URNS URT VITF WND WNDD
    """.split()  # noqa: SIM905
)
# hl7.terminology.r4-7.0.1@npm:package/ValueSet-snomed-intl-gps.json, and of the Swiss reporting of infections
# ahdis/ch-elm@654594e3cc619b760378b55a1a77fc70b80cbe4d:input/resources/ValueSet-ch-elm-results-complete-spec.json
_OTHERS_IN_SNOMED: Final = frozenset(
    {
        "119306004",  # drain device
        "119323008",  # pus
        "119332005",  # synovial fluid
        "119334006",  # sputum
        "119339001",  # stool
        "119341000",  # bile
        "119342007",  # saliva
        "119347001",  # seminal fluid
        "119359002",  # bone marrow
        "119360007",  # dialysis fluid
        "119371008",  # abscess
        "119373006",  # amniotic fluid
        "119376003",  # tissue
        "122571007",  # pericardial fluid
        "122575003",  # urine
        "122880004",  # urine, clean catch
        "168139001",  # peritoneal fluid
        "257261003",  # swab
        "258415003",  # biopsy
        "258440005",  # effusion
        "258441009",  # exudate
        "258442002",  # fluid
        "258450006",  # cerebrospinal fluid
        "258454002",  # dialysate
        "258455001",  # drainage fluid
        "258459007",  # gastric fluid
        "258574006",  # urine, mid-stream
        "258589002",  # lymph node
        "258607008",  # bronchoalveolar lavage fluid
        "278020009",  # urine, spot
        "309051001",  # body fluid
        "418564007",  # pleural fluid
        "418932006",  # oral swab
        "441652008",  # tissue, fixed in formalin
    }
)
_OTHERS: Final = frozenset(
    {
        *((SNOMED, code) for code in _OTHERS_IN_SNOMED),
        *((table, code) for table in _TABLE_0487 for code in _OTHERS_IN_0487),
    }
)

_BLOOD: Final = re.compile(
    r"\b(?:blood(?! p(?:ool|ressure))|bld|plasma|ser(?:pl(?:bld)?)?|s[ée]rum|suero|siero|sangre|sangue|sang)\b"
    r"|(?<!mark)(?<!marks)blut|(?<!骨髓)血",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"\b(?:urin\w*|urn?|orina|csf|cerebro ?spinal|cerebral spinal|c[ée](?:f|ph)alo-?r\w*|lcr|pleura\w*|periton\w*"
    r"|pericard\w*|asc[ií]t\w*|drain\w*|dialysat\w*|dialysis fluid|effusion|exudat\w*|synovial\w*|joint fluid"
    r"|body fluid|amniotic|saliva\w*|salive|oral fluid|sputum|stool|fa?eces|fa?ecal|selles|heces|tissue|tissu|tejido"
    r"|(?<!liquid )biops\w*|marrow|moelle|m[ée]dula|swab|lavage|bal|semen|seminal|bile|pus|abscess)\b"
    # German joins them with others: Knochenmarkaspirat, Rachenabstrich; Harnstoff and Harnsäure are no urine
    r"|harn(?!s)|liquor|aszites|punktat|speichel|stuhl|gewebe|knochenmark|abstrich"
    r"|尿|脑脊液|胸水|积液|腹水|引流|骨髓|组织|活检|唾液|粪|大便|痰|拭子|关节液|羊水",
    re.IGNORECASE,
)

_ARTERIAL: Final = re.compile(r"\barter(?:y|i)|\ba\. ?(?:radial|femoral|brachial)|动脉|動脈", re.IGNORECASE)
# On its way back to the lungs, or of a cord. The artery of the lungs has such blood, too.
_OF_THE_LUNGS: Final = re.compile(
    r"\b(?:pulmonary arter|pulmonalarteri|a(?:\.|rteria) pulmonalis)|肺动脉", re.IGNORECASE
)
_VENOUS: Final = re.compile(
    rf"{_OF_THE_LUNGS.pattern}|\bs[cm]?vo[2₂]|(?<!intra)ven(?:ous|[oö]s)|\b(?:veins?|vena|venae|venen)\b|jugular"
    r"|\bcord[ -]blood|\bumbilical|nabel(?:schnur|vene)|静脉|靜脈|脐",
    re.IGNORECASE,
)
# The first two: terminology.ehdsi.eu/ValueSet/eHDSILabSpecimenType, 0.2.0. Table 0487 has "Blood venous".
_VENOUS_CODES: Final = frozenset(
    {(SNOMED, "122555007"), (SNOMED, "122556008"), *((table, "BLDV") for table in _TABLE_0487)}
)


def is_arterial(concept: Concept) -> bool:
    """Whether it is measured in the blood of arteries alone, by the names of the codes that decide."""
    deciding = [code.label for code in concept.codes if code.observation and code.role is Role.DEFINITIVE]
    return bool(deciding) and all(map(_names_artery, deciding))


def of_a_vein(elements: Iterable[Coded], reader: CodeReader) -> str | None:
    """What the record calls a specimen, a site or a test that is of venous or of cord blood; None for any other."""
    for element in elements:
        if any(code in _VENOUS_CODES for code in map(reader.canonical, element.codings)):
            return element.shown
        for text in element.texts:
            if _names_vein(text) and not _names_artery(text):
                return text
    return None


def is_of_blood(concept: Concept, codes: Iterable[Code]) -> bool:
    """Whether the name of one of its codes says that it is measured in blood, serum or plasma, and in nothing else.

    Not so of a concept with a facet for the specimen: what its codes and the specimen say of that is compared there.
    """
    if any(item.facet == _SPECIMEN for item in concept.facets):
        return False
    return any(_names_blood(code.label) and not _names_another(code.label) for code in codes)


def not_blood(specimen: Coded, reader: CodeReader) -> str | None:
    """What the record calls a specimen that is surely no blood, serum or plasma; None for any other.

    A code says it; else words, unless others beside them name blood ("blood-stained pleural fluid").
    """
    coded = any(code in _OTHERS for code in map(reader.canonical, specimen.codings))
    words = specimen.texts
    in_words = any(map(_names_another, words)) and not any(map(_names_blood, words))
    return specimen.shown if coded or in_words else None


@lru_cache(maxsize=4096)
def _names_blood(text: str) -> bool:
    return _BLOOD.search(text) is not None


@lru_cache(maxsize=4096)
def _names_artery(text: str) -> bool:
    return _ARTERIAL.search(_OF_THE_LUNGS.sub(" ", text)) is not None


@lru_cache(maxsize=4096)
def _names_vein(text: str) -> bool:
    return _VENOUS.search(text) is not None


@lru_cache(maxsize=4096)
def _names_another(text: str) -> bool:
    return _OTHER.search(text) is not None
