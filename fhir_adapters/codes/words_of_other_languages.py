"""Words of other languages than English that deny, doubt or move to the past what is recorded beside them.

German, French, Spanish, Italian, Dutch, Portuguese, Chinese, Japanese. Few of them, and only as no name begins or ends.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from trialsieve.rules.codes import is_latin

_RELATIVES: Final = (
    r"(?:(?:gro(?:ß|ss))?(?:mutter|vater)|bruder|schwester|tante|onkel|m[eè]re|p[eè]re|fr[eè]re|s(?:œ|oe)ur"
    r"|madre|padre|herman[oa]|abuel[oa]|fratello|sorella|moeder|vader|broer|zus|m[aã]e|pai|irm[aã]o?)"
)
# "Vater im Koma": not who gave cells ("Bruder, allogene SZT"), who tells of the patient, or what has such a name.
_TELLING: Final = r"(?:berichtet|schildert|sagt|rapporte|signale|refiere|dice|riferisce|relata)\b"
_GIVING: Final = "spend|donn|dona|dono|allo|haplo|transplant|trasplant|trapiant|greffe|szt|kmt"
_BEGINS_WITH_A_RELATIVE: Final = (
    rf"{_RELATIVES}\s+(?!{_TELLING}|scott\b|marie\b|syndrom|asso[cz]iation|papill|ampull)(?!.*(?:{_GIVING}))[^\W\d]"
)
FAMILY: Final = (
    r"familienanamnese|antecedentes familiares|ant[eé]c[eé]dents familiaux|atcds? familiaux|anamnesi familiare"
    r"|familieanamnese|hist[oó]ria familiar"
)

# What names of diseases and devices say is not there (无脑儿 is anencephaly), and no more: 无脑梗死 is no infarction.
_NAMED_WITHOUT: Final = (
    "Q|[创創](?!伤|傷)|(?:并发|併發|合并|合併)症的|症|痛(?!风|風)|汗|力|色|晶|排卵|月[经經経]|丙[种種]|[脉脈](?!管)"
    "|功能(?!障|不|异|異|减|減)|機能|菌(?!血|尿)|脾(?!大|肿|腫|破|梗)|虹膜(?!炎)|尿(?![路道潴失毒频頻急痛蛋糖])|精(?=子|液|症)"
    "|[脑脳](?=儿|児|回|畸|症)|[动動](?=性|力|症|缄|緘)|乳[链鏈]|形[体體]病|法切|[甲牙毛肢眼头頭](?=颌|球|畸|症)"
)


class _Words(NamedTuple):
    """At the beginning; at the end, or anywhere; in other than Latin letters, of which most texts have none."""

    at_start: re.Pattern[str]
    later: re.Pattern[str]
    elsewhere: re.Pattern[str]


_DENIED: Final = _Words(
    re.compile(
        r"\W*(?:(?:kein\w*|(?:ohne|sans|sin|sem|senza|geen|zonder|nega|niega)(?= \w)|aucune?(?= )|pas d(?:es?|u)?"
        r"|absence d(?:es?|u)?|nessun[a-z]*|ning[uú]na?(?= )|nenhum[a-z]*|assenza d(?:i|ell?[aeo]?)?"
        rf"|aus[eê]ncia de|{FAMILY})(?!\w)|{_RELATIVES}\s*[:(])",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:keine?[nr]? (?:hinweise?|anhalt|anzeichen|nachweis)\b|nicht (?:nachweisbar|nachgewiesen)\b"
        r"|ausgeschlossen\b|descartad[oa]\b"
        r"|(?:exclue?s?|[ée]limin[ée]e?s?|infirm[ée]e?s?|esclus[oa]|exclu[ií]d[oa]|uitgesloten)\W*$)",
        re.IGNORECASE,
    ),
    re.compile(
        r"否认|否認|未见|未发现|没有|已排除|家族史|家族歴|否定|認めず|(?:なし|無し)\W*$"
        r"|^\W*(?:(?:父|母)[亲親]|兄弟|姐妹|(?:父|母|兄|弟|姉|妹)\s*[:：(（]"
        rf"|[无無](?!{_NAMED_WITHOUT}))"
    ),
)
_DOUBTED: Final = _Words(
    re.compile(
        r"\W*(?:v\. ?a|va\.|verdacht(?:sdiagnose)?|vermutlich\w*|fraglich\w*|(?:zum )?ausschlu(?:ss|ß)"
        r"|suspicion d(?:es?|u)?|suspect[ée]e?s?|probables?|sospecha|sospechos[oa]|posible|descartar"
        r"|sospett[oa]|possibile|probabile|verdenking|vermoeden|mogelijke?|waarschijnlijke?"
        r"|suspeit[ao]|prov[aá]vel|poss[ií]vel|a (?:descartar|excluir)|[àa] [ée]liminer|da escludere)(?!\w)"
        rf"|\W*{_BEGINS_WITH_A_RELATIVE}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:unwahrscheinlich\b|(?:nicht best(?:ä|ae)tigt|non confirm[ée]e?s?|non confermat[oa]|niet bevestigd)\b"
        r"|(?:no|n[aã]o) confirmad[oa]\b"
        r"|(?:v\. ?a\.|verdacht|fraglich|ausschlu(?:ss|ß)|probable|possible|suspect[ée]e?|posible"
        r"|sospechad[oa]|(?:a|por) descartar|sospett[oa]|probabile|possibile|suspeit[ao]|prov[aá]vel|poss[ií]vel"
        r"|a excluir|mogelijk|waarschijnlijk|verdenking|[àa] [ée]liminer|da escludere)\W*$"
        rf"|bei (?:(?:der|dem|seine[rm]|ihre[rm]) )?{_RELATIVES}\b)",
        re.IGNORECASE,
    ),
    re.compile(
        r"疑似|可疑|疑い|疑う|疑診|待排|待查|排除|除外|鑑別|未确诊|未证实|可能性|可能\W*$|疑\W*$|^\W*(?:疑|考虑|考慮)"
    ),
)
_PAST: Final = _Words(
    re.compile(
        r"\W*(?:z\. ?n|zn\.|zustand nach|st\. ?(?:n|p)|alte[rs]?(?= )|anamnestisch\w*|eigenanamnese"
        r"|ant[eé]c[eé]dent(?:e?s?)?|atcds?|hist[oó]ri(?:a|co) de|pregress[oa]|status na(?= \w)"
        r"|voorgeschiedenis)(?!\w)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:z\. ?n\.|anamnestisch|in (?:der (?:vorgeschichte|anamnese)|de voorgeschiedenis|anamnesi))\W*$",
        re.IGNORECASE,
    ),
    re.compile(r"既往|陈旧性|陳旧性|史\W*$"),
)

_OF_A_RELATIVE: Final = re.compile(rf"\W*{_RELATIVES}\s*[:(]", re.IGNORECASE)
_FOREIGN_LETTERS_FROM: Final = "\u0370"


def denies(text: str) -> bool:
    """Whether it denies it, or says it of a relative."""
    return _stand_in(text, _DENIED)


def is_of_a_relative(text: str) -> bool:
    """Whether it says it of a relative."""
    return _OF_A_RELATIVE.match(unicodedata.normalize("NFC", text)) is not None


def leaves_open(text: str) -> bool:
    """Whether it leaves it open."""
    return _stand_in(text, _DOUBTED)


def says_past(text: str) -> bool:
    """Whether it says that there was one once."""
    return _stand_in(text, _PAST)


def mainly_in_other_letters(text: str) -> bool:
    """Whether most of its letters are not Latin."""
    if text.isascii():
        return False
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(is_latin(char) for char in letters) < len(letters)


def _stand_in(text: str, words: _Words) -> bool:
    if text.isascii():
        return words.at_start.match(text) is not None or words.later.search(text) is not None
    composed = unicodedata.normalize("NFC", text)
    if words.at_start.match(composed) is not None or words.later.search(composed) is not None:
        return True
    return max(composed) >= _FOREIGN_LETTERS_FROM and words.elsewhere.search(composed) is not None
