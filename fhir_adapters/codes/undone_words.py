"""Words of the person who recorded what is done, given or taken, that it was not, not yet, or no longer.

Of other languages few words, and only such as stand in no name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.codes.recorded_words import RELATIVE, UNTRUE, takes_back

_NEVER: Final = r"(?:not|never) (?:yet )?(?:been )?"
_GIVEN: Final = "given|administered|infused|injected|received"
# German, French, Spanish, Portuguese, Italian, Dutch, Chinese, Japanese.
_NOT_DONE_ELSEWHERE: Final = (
    r"\b(?:abgebrochen|nicht (?:durchgef(?:ü|ue)hrt|erfolgt|gegeben|verabreicht|stattgefunden)"
    r"|annul(?:ée?s?|lat[oa])|non (?:réalisée?s?|effectuée?s?|faite?s?|administrée?s?)"
    r"|non (?:eseguit|effettuat|somministrat)[oa]"
    r"|cancelad[oa]|no (?:realizad|efectuad|administrad|hech)[oa]|n[aã]o (?:realizad|efetuad|administrad|feit)[oa]"
    r"|geannuleerd|niet (?:uitgevoerd|gedaan|gegeven|toegediend))\b"
    r"|未(?:行|做|实施|實施|进行|進行|接种|接種|注射|输注|輸注|完成)|中止"
)
_NOT_YET_ELSEWHERE: Final = (
    r"\b(?:abgelehnt|abgesagt|geplant|verweigert|vorgesehen|verschoben|prévue?s?|refusée?s?|reportée?s?"
    r"|rechazad[oa]|aplazad[oa]|recusad[oa]|adiad[oa]|rifiutat[oa]|rinviat[oa]|gepland|geweigerd|uitgesteld)\b"
    r"|拒[绝絶否]|取消|计划|拟行|待[行定]|推[迟遲]|延期|[评評]估|准[备備]|放[弃棄]|予定"
)
# Who gave them, if not the patient ("brother is the donor").
_ANOTHERS: Final = "".join(
    rf"(?<!\b{who} )"
    for who in (
        *("mother", "father", "parent", "brother", "sister", "sibling", "son", "daughter", "cousin", "husband", "wife"),
        *("unrelated", "related"),
    )
)
# What is done to who gives cells or an organ. Not so who has those of a donor ("sibling donor transplant").
_OF_A_DONOR: Final = (
    rf"(?:\b(?:marrow|stem cell|progenitor cell|pbsc|hpc)s? (?:harvest\w*|collection|donation)|{_ANOTHERS}\(donor\)"
    r"|\(spender\)"
    rf"|^\W*donor (?:for|of)\b|\bdonor (?:nephrectomy|hepatectomy)|{_ANOTHERS}\b(?:is|was) (?:the |a )?donor"
    r"|\b(?:patient|pt\.?) as (?:the |a )?donor\b|\bdonat(?:ion|ed) (?:for|to)\b"
    rf"|{_ANOTHERS}\b(?:bmt|hsct|sct|marrow|cell|kidney) donor\W*$|\b(?:in|to) (?:(?:his|her|the) )?{RELATIVE}\b)"
)
_ABORTED: Final = (
    r"\b(?:cancell?(?:ed|ation)|aborted|abandoned"
    rf"|{_NEVER}(?:done|performed|carried out|undertaken|completed|{_GIVEN}))\b"
)
# By its words alone; a doubt or denial besides.
_UNDONE: Final = re.compile(f"{_ABORTED}|{_NOT_DONE_ELSEWHERE}", re.IGNORECASE)
# Not done after all, or not yet.
_NOT_DONE: Final = re.compile(
    rf"{_ABORTED}|{_NOT_DONE_ELSEWHERE}|{_NOT_YET_ELSEWHERE}|{_OF_A_DONOR}|{UNTRUE}"
    r"|\b(?:declin(?:e[ds]?|ing)|refus(?:e[ds]?|al|ing)|rejected by|planned|intended|pending|scheduled"
    r"|appointment|referr(?:al|ed)|consult(?:ation|ed)?|counsell?ing|education|candidate|candidacy|consider(?:ed|ation)"
    r"|evaluat(?:ion|ed|e|ing)|assessment|eval|work-?up|await(?:s|ing)|wait(?:ing)?[ -]?list(?:ed)?"
    r"|list(?:ed|ing)(?: for|$)|deferred|postponed|on hold|withheld|withdrawn|contraindicated"
    r"|recommended|discuss(?:ed|ion)|attempted|will be|not (?:indicated|tolerated)"
    r"|pre[ -]?(?:bmt|hsct|hct|sct)|manufacturing fail(?:ure|ed)|out of specification)\b",
    re.IGNORECASE,
)
# Not taken after all. What is scheduled, pending or listed may be taken daily.
_NOT_TAKEN: Final = re.compile(
    r"\b(?:declin(?:e[ds]?|ing)|refus(?:e[ds]?|al|ing)|rejected by|cancell?(?:ed|ation)|withheld|contraindicated"
    rf"|{_NEVER}(?:taken|taking|started|begun|filled|picked up|dispensed|used|{_GIVEN})"
    r"|manufacturing fail(?:ure|ed)|out of specification)\b"
    rf"|{UNTRUE}|\b(?:abgelehnt|abgesagt|verweigert|nicht (?:eingenommen|gegeben|verabreicht|genommen|begonnen)"
    r"|refusée?s?|non (?:prise?s?|pres[oa]|administrée?s?|somministrat[oa])|rechazad[oa]|no (?:tomad|administrad)[oa]"
    r"|geweigerd|niet (?:ingenomen|toegediend|gestart))\b|拒[绝絶否]|取消|未(?:服|用[药藥]|使用|注射|输注|輸注)",
    re.IGNORECASE,
)
# No longer: at the beginning or end, in brackets or before a day. Not so when to do it ("hold if", "until stopped").
_STOPPED: Final = re.compile(
    r"(?:^|[–,;:(\[.]|\s-)\s*(?:(?:patient|pt) )?(?:stop|hold|discontinue|d/c)(?=\W*$|\s*[)\],;:])"
    r"|(?:^|[–,;:(\[.]|\s-)\s*(?:stopped|on hold|held|discontinued|d/?c['’]?d|abgesetzt|pausiert|beendet)"
    r"(?=\W*$|\s*[)\],;:]|\s+(?:(?:on|since|in|am|seit) )?\d)"
    r"|(?<!\buntil )(?<!\bif )(?<!\bbe )(?<!\bnot )(?<!\bnever )\b(?:discontinued|stopped|abgesetzt|pausiert)\W*$"
    r"|停[药藥用]|停止|中止",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def leaves_undone(text: str) -> bool:
    """Whether it says of what is done that it was not, or not yet (`declined`, `planned`, `evaluation for ...`)."""
    return _NOT_DONE.search(_composed(text)) is not None or takes_back(text)


@lru_cache(maxsize=4096)
def says_undone(text: str) -> bool:
    """Whether it says outright that it was not done, or not to its end (`aborted`, `not performed`)."""
    return _UNDONE.search(_composed(text)) is not None


@lru_cache(maxsize=4096)
def leaves_untaken(text: str) -> bool:
    """Whether it says of a drug that it was not taken (`declined`, `never started`)."""
    return says_untaken(text) or takes_back(text)


@lru_cache(maxsize=4096)
def says_untaken(text: str) -> bool:
    """Whether it says so outright. How a drug is to be taken may begin as a denial does (`No more than 3 a day`)."""
    return _NOT_TAKEN.search(_composed(text)) is not None


@lru_cache(maxsize=4096)
def says_stopped(text: str) -> bool:
    """Whether it says of a drug that it is no longer taken, or not for now (`discontinued`, `HOLD`)."""
    return _STOPPED.search(_composed(text)) is not None


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
