"""Words of the person who recorded a code that take back, doubt or move to the past what it says.

They are looked for where they mean that: at the beginning and the end, in brackets, and beside a name of what the code
says. Elsewhere they belong to names of diseases.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from trialsieve.fhir_adapters.codes import words_of_other_languages as elsewhere
from trialsieve.rules.words import Phrases, plain, without_dots

RELATIVE: Final = (
    r"(?:(?:grand)?(?:mother|father|parent)|brother|sister|sibling|son|daughter|aunt|uncle|cousin|relative"
    r"|husband|wife|spouse|partner)"
)
_RELATIVES: Final = rf"{RELATIVE}s?(?:['’]s\b|\s*[:–(-]|\s+(?:has|had|with)\b)"
# It begins with a relative, and goes on: what follows is likely of that one ("Mother in coma"). Not so of who tells of
# the patient ("Mother reports fits"), who gave cells, and what has such a name ("Cousin syndrome").
_TELLING: Final = (
    "report|stat(?:e|ing)|say|said|told|tell|notic|describ|believ|think|concern|confirm|denie|gave|brought|aware|worr"
    "|accompan|declin|refus|at bedside"
)
_NO_RELATIVE: Final = r"relative\s(?!in\b)|daughter (?:nodul|lesion|vessel|cell|cyst)"  # relative insufficiency
_GIVING: Final = r"donor|donat|allo|haplo|transplant|graft|\b[abhp]*sct\b|\bbmt\b"
_BEGINS_WITH_A_RELATIVE: Final = (
    rf"^\W*(?!{_NO_RELATIVE}){RELATIVE}s?\s+(?!{_TELLING}|(?:syndrome|mary joseph)\b)(?!.*(?:{_GIVING}))[^\W\d]"
)
_FAMILY: Final = r"family (?:medical )?history|family h/?o|family hx|fam\.? hx|fhx?"
_DENIED: Final = re.compile(
    # denied, of the family, or of what may come
    r"^\W*(?:no|not|without|denies|absence of|negative for"
    rf"|{_FAMILY}|at risk|risk of|exposure to|screening)(?!\w)(?! longer)|^\W*{_RELATIVES}"
    r"|\bruled out\b|\bexcluded\b|\bfamily history\W*$",
    re.IGNORECASE,
)
_SUSPECTED: Final = re.compile(
    r"^\W*(?:suspect(?:ed)?|susp|suspicion (?:of|for)|suspicious for"
    r"|possibl[ey]|probabl[ey]|presum(?:ed|ptive)|likely|unlikely|questionable|query|concern for|dd|ddx)(?!\w)"
    r"|\brule out\b|\br/o\b|^\W*[?？]|[?？][^\w?？]*$",
    re.IGNORECASE,
)
UNTRUE: Final = (
    r"\bentered in error\b|\bwrong patient\b|\bunlikely\b|\bnot (?:yet |been )*confirmed\b|\bunconfirmed\b"
    # either of two; not so graft versus host or leukemia
    r"|(?<!graft[ -])(?<!host[ -])(?:(?-i:\bvs\b)|\bversus\b)(?!\.?[ -]host)"
)
_DENIED_ANYWHERE: Final = re.compile(
    r"\bentered in error\b|\bwrong patient\b"
    r"|^\W*(?:neg(?:ative)?|(?:mom|mum|dad))\b|^[^,;]*(?::|\s[–-])\s*neg(?:ative)?\W*$"
    rf"|\b(?:of|in) (?:(?:his|her|the|their|patient['’]?s) )?(?:{RELATIVE}|mom|mum|dad)\b",
    re.IGNORECASE,
)
_DOUBTED: Final = re.compile(
    rf"{UNTRUE}|{_BEGINS_WITH_A_RELATIVE}|\bsuspected\b|\b(?:low|no) (?:clinical )?suspicion\b"
    r"|\brul(?:ed?|ing)[ -]out\b|(?-i:^\W*RO\b(?! ?52)|\bRO\W*$)|\bto (?:evaluate|assess) for\b"
    r"|^\W*(?:(?:evaluat(?:e|ed|ion)|eval|work[ -]?up) for|differential|c/f)\b",
    re.IGNORECASE,
)
_PAST: Final = re.compile(
    r"^\W*(?:(?:personal )?(?:medical )?history|past|prior|previous(?:ly)?|h/o|pmhx?|hx"
    r"|s/p|status[- ]post|(?:chronic/)?old(?!-)|remote|former)(?!\w)"
    r"|\b(?:history of|by history|h/o|hx(?: of)?)\W*$|[/-]history\W*$|^\s*(?:\S+\s+){1,3}history\W*$"
    r"|(?:[,;:(]|\s[–-])\s*(?:(?:past|prior|previous|remote|personal) )?(?:history|old|remote|former)"
    r"(?=\W*$|\W+(?:in )?\d|\))"
    r"|(?<!not )(?<!yet )(?<!never )(?<!non-)(?<!non )\bresolved\b|\bin (?:the past|childhood)\W*$"
    # over, whenever that was
    r"|(?<!not )(?<!yet )(?<!never )(?<!partially )(?<!incompletely )(?<!fully )\b(?:cured|healed"
    r"|recovered(?! (?:left|lv|ef|lvef|ejection)\b))\b"  # heart failure with recovered ejection fraction is had
    r"|(?<!not )\bfully (?:healed|recovered)\b"
    r"|^\W*historical\b|[,;:(–-]\s*(?:historical|inactive)\W*$|\binactive\W*$"
    r"|^\W*no longer (?:has|have|had)\b|\bno longer (?:present|active|detectable|evident|seen)\b",
    re.IGNORECASE,
)
# That a diagnosis was wrong, or is not made yet. Of what is only mentioned they say nothing: there it may be so.
_CONTESTED: Final = re.compile(
    r"\bfalse[ -]positiv|\bmisdiagnos|\b(?:wrong|incorrect|erroneous|tentative|provisional|preliminary) diagnosis\b"
    r"|^\W*(?:provisional|tentative|equivocal)\b|[,;:(–-]\s*(?:provisional|tentative|differential|equivocal)\W*$"
    r"|\blow (?:clinical )?(?:probability|likelihood)\b",
    re.IGNORECASE,
)
# Beside a name, for which a bar stands; of a longer word a last s is taken away.
_BEFORE: Final = (
    r"\b(?:no|not|without|denie|denied|deny|negative for|neg|absence of|no (?:evidence|sign) of|never"
    r"|suspected|suspect|suspicion (?:of|for)|possible|possibly|probable|presumed|doubtful|questionable|query"
    r"|concern for|evaluate|evaluation for|eval|work ?up for|rule out|r o|exclude|former)"
    r"(?: (?!longer\b|yet\b|only\b)\w+){0,2} \|"
)
_AFTER: Final = (
    r"\|(?: ,)?(?: (?:is|was|has(?: been)?))?(?: (?:neg|negative|absent|denied|none|no|remote|former|refuted|excl|susp"
    r"|(?:possible|possibly|probable|likely|doubtful|questionable|equivocal)|risk(?: of)?|screen|screening|prophylaxi"
    rf"|work ?up|(?:in )?{RELATIVE})(?= ,|$)"
    r"| not (?:been )?(?:present|seen|found|identified|detected|shown|confirmed)\b(?! (?:to|improve\w*|change\w*)\b))"
)
_DENIED_NAME: Final = re.compile(f"{_BEFORE}|{_AFTER}")
_LOST: Final = r"(?:lost|los of)"
_LOST_NAME: Final = re.compile(rf"\b{_LOST}(?: \w+){{0,2}} \||\|(?: (?:is|was|has been))? (?:lost|los)\b")
_CATEGORY: Final = re.compile(
    rf"\b(?:{_FAMILY}|{elsewhere.FAMILY}|rule[ -]?out)\b|家族[史歴]"
    r"|^\W*(?:differential|provisional|tentative|preliminary|suspected)(?: diagnos[ei]s)?\W*$",
    re.IGNORECASE,
)
_OF_A_RELATIVE: Final = re.compile(
    rf"^\W*{_RELATIVES}|\b(?:of|in) (?:(?:his|her|the|their|patient['’]?s) )?{RELATIVE}\b", re.IGNORECASE
)
_OF_THE_FAMILY: Final = re.compile(rf"^\W*(?:{_FAMILY})\b", re.IGNORECASE)
_PART: Final = re.compile(r"[,;.。，\n]")
_ASIDE: Final = re.compile(r"\([^()]*:[^()]*\)")  # of another test: "(MRD: negative)"
_SENTENCE_PART: Final = re.compile(r"[,;。，\n]|(?<=\w{3})\.\s")  # not after an abbreviation ("V.a. PE")
_DENIED_PART: Final = re.compile(rf"(?<!\bneg)(?:{_SENTENCE_PART.pattern})", re.IGNORECASE)
_STATE_PART: Final = re.compile(r"[,;。，\n]|(?<!\b\d)\.")  # not the mark of "2. Remission"
# Nothing else than that there is none of what a bar stands for, that it may come, is kept away or is of the family.
_NONE_OF_IT: Final = re.compile(
    r"(?:(?:(?:no|without|denie)(?: (?:known|current|active|acute))?(?: (?:evidence|sign|history|suspicion) of)?"
    r"(?: (?:any|known|current|active|acute))?"
    r"|(?:at )?(?:(?:high|increased) )?risk (?:of|for)(?: development of)?"
    r"(?: (?!worsen|progress|spread|further|recurr|repeat|another|(?:of|from|with)\b)\w+){0,2}?)"
    r" \|(?: (?:and|or) \|)*"
    r"|(?:family history|fhx?)(?: of(?: (?!(?:has|had|now|with|but|own|personal|unknown|none|no)\b)\w+){0,3}?)? \|"
    r"(?: of \w+)?|\| (?:ruled out|excluded)"
    r"|(?:need for )?(?:\| prophylaxi|prophylaxi (?:of|for|against) \|))"
    r"(?: (?:situation|finding))?"  # as names of SNOMED CT end
)
_SAYS_MORE: Final = re.compile(r"[^\w\s:()'’-]")  # another sentence, or a question

# What is said of another time than now, or denied.
_REMISSION: Final = r"(?:voll|komplett|teil)?remission"
# German: few words, and no others, stand between a denial and what it denies ("ohne Fieber, in Remission"). A last s is
# taken away here, too ("Hinweis").
_BETWEEN: Final = (
    r"(?: (?:in|der|dem|eine?[rnm]?|angabe|anhalt|hinwei(?:se)?|nachwei|zeichen|fur|auf|\d"
    r"|(?:erste|zweite|letzte|komplette|vollstandige|partielle)[rnm]?)){0,4}"
)
_STATE: Final = rf"(?:{_REMISSION}|cri?\d?|relaps\w*|recurren\w*|(?>\w*?rezidiv)\w*)"
_NOT_NOW: Final = re.compile(
    rf"\b(?:no|not|without|never|failed|lost|(?:los|risk|duration) of)(?: \w+){{0,3}}? {_STATE}\b"
    # not so a state that it is in by now ("after HSCT in remission", "since May in remission")
    rf"|\b(?:from|until|before|prior|previou|last)(?: (?!now\b)\w+){{0,3}}? {_STATE}\b"
    rf"|\b(?:after|following|post|since)(?: (?!(?:in|now)\b)\w+){{0,3}}? {_STATE}\b"
    rf"|\b(?:after|following) (?:being|\w+ (?:day|week|month|year))(?: \w+){{0,3}}? {_STATE}\b"
    rf"|\b(?:kein\w*|nicht|ohne|nie|nach|zn|vor){_BETWEEN} {_STATE}\b"
    r"|\b(?:remission|cri?\d?)(?: ,)? (?:not (?:achieved|reached)|lasted)\b|\brelapse (?:free|risk)\b"
    r"|\brezidiv(?:frei|risik|prophylax)\w*"
)
_OVER: Final = re.compile(rf"\b(?:out|end) of {_STATE}\b|\b{_STATE} (?:lost|ended)\b")
_PARTIAL: Final = re.compile(r"\b(?:partial|partielle?[rnm]?) remission\b|\bteilremission\b|\bpr\b")
_STATES: Final = {
    "remission": re.compile(r"\b(?:voll|komplett)?remission\b|\bcri?\d?\b"),
    "relapse": re.compile(r"\brelaps|\brecurren|rezidiv"),
}
# Of other diseases German has denials in their names ("nicht-kleinzellig").
_NO_REMISSION: Final = re.compile(
    r"\b(?:kein\w*|nicht|ohne|nie|va|verdacht|fraglich\w*|vermutlich\w*|wahrscheinlich\w*|unklar\w*)(?: mehr)?"
    rf"{_BETWEEN} {_REMISSION}\b|\b{_REMISSION} (?:noch )?(?:nicht|fraglich|unklar)\b"
)


@lru_cache(maxsize=4096)
def takes_back(text: str) -> bool:
    """Whether it denies or only suspects it, or says it of the family (`?PE`, `PE excluded`, `Mother: PE`)."""
    if _DENIED.search(text) is not None or _SUSPECTED.search(text) is not None:
        return True
    return elsewhere.denies(text) or elsewhere.leaves_open(text)


@lru_cache(maxsize=4096)
def doubts(text: str) -> bool:
    """Whether it leaves it open, or says it of a relative, in words that stand anywhere (`PE unlikely`, `PE vs MI`)."""
    return _DOUBTED.search(text) is not None or _DENIED_ANYWHERE.search(text) is not None


@lru_cache(maxsize=4096)
def contests(text: str) -> bool:
    """Whether it calls a diagnosis wrong, or not made yet (`false positive`, `provisional diagnosis`)."""
    return _CONTESTED.search(text) is not None


@lru_cache(maxsize=4096)
def denies(text: str) -> bool:
    """Whether it denies it, or says it of a relative, and leaves nothing open (`PE excluded`; not `PE unlikely`)."""
    if _DENIED.search(text) is not None or _DENIED_ANYWHERE.search(text) is not None:
        return True
    return elsewhere.denies(text)


@lru_cache(maxsize=4096)
def leaves_open(text: str) -> bool:
    """Whether it leaves it open, and neither denies nor affirms it (`?PE`, `PE unlikely`; not `PE excluded`)."""
    return _SUSPECTED.search(text) is not None or _DOUBTED.search(text) is not None or elsewhere.leaves_open(text)


@lru_cache(maxsize=4096)
def is_of_a_relative(text: str) -> bool:
    """Whether it says it of a relative (`Mother: HBsAg positive`)."""
    return _OF_A_RELATIVE.search(text) is not None or elsewhere.is_of_a_relative(text)


@lru_cache(maxsize=4096)
def says_past(text: str) -> bool:
    """Whether it says that there was one once (`H/o PE`, `s/p PE`, `Old PE`)."""
    return _PAST.search(text) is not None or elsewhere.says_past(text)


def denies_each(text: str, names: Phrases) -> bool:
    """Whether it denies or doubts the names wherever one stands (`ALL, no relapse`; not `relapse, no CNS relapse`)."""
    said = " , ".join(names.left_out_of(part) for part in _PART.split(text))
    return "|" in said and "|" not in _DENIED_NAME.sub("", said)


def parts_that_name(text: str, names: Phrases) -> str:
    """Those of its parts in which one of the names stands (`blasts express CD7` of `blasts express CD7, no CD5`)."""
    return ", ".join(part.strip() for part in _SENTENCE_PART.split(text) if names.stand_in(part))


def denies_it(text: str, names: Phrases) -> bool:
    """Whether it denies the names, or says them of a relative, wherever one stands (not `PE excluded; DVT confirmed`).

    What begins with the family is of it to the end (`Family history of stroke, PE`).
    """
    if not denies(text):
        return False
    parts = [part for part in _DENIED_PART.split(text) if names.stand_in(part)]
    return _OF_THE_FAMILY.search(text) is not None or is_of_a_relative(text) or all(map(denies, parts))


def says_lost(text: str, names: Phrases) -> bool:
    """Whether it says of what the names are that it is lost (`loss of CD7`, `CD7 lost`)."""
    return _LOST_NAME.search(names.left_out_of(text)) is not None


def says_only_none_of(text: str, names: Phrases) -> bool:
    """Whether all it says of the names is that there is none, that it may come, is kept away, or a relative had it.

    `No evidence of infection`, `DVT prophylaxis`; not `No improvement of infection`, which there is.
    """
    return _SAYS_MORE.search(text) is None and _NONE_OF_IT.fullmatch(names.left_out_of(text)) is not None


def is_in_a_doubting_category(text: str) -> bool:
    """Whether a category says that something is of the family, is to be ruled out, or is not made yet."""
    return _CATEGORY.search(text) is not None


@lru_cache(maxsize=4096)
def states_said(text: str) -> frozenset[str]:
    """Whether it says that a disease is in (partial) remission, and whether that it has come back, as of now."""
    said = _NOT_NOW.sub("", " , ".join(map(plain, _STATE_PART.split(without_dots(text)))))
    whole = _PARTIAL.sub("", said)
    states = {state for state, words in _STATES.items() if words.search(whole)}
    return frozenset(states if whole == said else states | {"partial remission"})


def loses_a_state(text: str) -> bool:
    """Whether it may say of the state of a disease that it is not, or no longer, so (`loss of remission`)."""
    return _NOT_NOW.search(plain(text)) is not None or ends_a_state(text)


def denies_a_state(text: str) -> bool:
    """Whether it denies the state of a disease; not so another thing beside one (`no MRD, in remission`)."""
    parts = [part for part in _SENTENCE_PART.split(_ASIDE.sub(" ", text)) if states_said(part)]
    return any(map(denies, parts)) if parts else denies(text) or loses_a_state(text)


def ends_a_state(text: str) -> bool:
    """Whether it says of the state of a disease that it is no longer so (`out of remission`)."""
    return _OVER.search(plain(text)) is not None


@lru_cache(maxsize=4096)
def takes_back_remission(text: str) -> bool:
    """Whether it denies or doubts in German that there is a remission (`nicht in Remission`, `V.a. Remission`)."""
    return _NO_REMISSION.search(plain(text)) is not None
