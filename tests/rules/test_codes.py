"""Matching codings: always by system and code, the most precise code of a concept wins, spelling variants are one."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from trialsieve.rules import codes as codes_module
from trialsieve.rules.codes import CodeIndex, normalise_icd
from trialsieve.rules.concept import Code, Concept, Facets, Terminology
from trialsieve.rules.vocabulary import Kind, Match, Role
from trialsieve.rules.words import Phrases, words

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
CM = "http://hl7.org/fhir/sid/icd-10-cm"
WHO = "http://hl7.org/fhir/sid/icd-10"
GM = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
CHINESE = "urn:oid:2.16.156.10011.2.3.3.11"
PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
ATC = "http://www.whocc.no/atc"

TERMINOLOGY = Terminology(
    aliases={"urn:oid:2.16.840.1.113883.6.90": CM, "https://loinc.org": LOINC, f"{CHINESE}.2": CHINESE},
    results={},
    not_done=frozenset(),
    texts={},
)


def code(
    system: str, value: str, role: Role = Role.DEFINITIVE, match: Match = Match.EXACT, facets: Facets = ()
) -> Code:
    return Code(system, value, value, role, "test", match, facets=facets)


def index(**concepts: list[Code]) -> CodeIndex:
    built = {
        name: Concept(id=name, label=name, kinds=frozenset({Kind.CONDITION}), codes=tuple(members))
        for name, members in concepts.items()
    }
    return CodeIndex(built, TERMINOLOGY)


def found(codes: CodeIndex, system: str, value: str) -> dict[str, tuple[str, Role]]:
    return {concept: (hit.code, hit.role) for concept, hit in codes.lookup(system, value)}


# --- systems ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "system"),
    [
        (LOINC, LOINC),
        ("http://loinc.org/", LOINC),
        (" https://loinc.org ", LOINC),
        (SNOMED, SNOMED),
        ("http://snomed.info/sct/731000124108", SNOMED),
        ("http://snomed.info/sct/900000000000207008/version/20230901", SNOMED),
        ("urn:oid:2.16.840.1.113883.6.90", CM),
        ("2.16.840.1.113883.6.90", CM),
        ("http://hospital.example/codes/", "http://hospital.example/codes"),
        ("http://snomed.info/sctx", "http://snomed.info/sctx"),
    ],
)
def test_a_code_system_has_one_name(uri: str, system: str) -> None:
    codes = index()
    assert codes.canonical_system(uri) == system
    assert codes.canonical_system(uri) == system  # remembered


def test_a_code_means_nothing_without_its_system() -> None:
    codes = index(test=[code(LOINC, "2106-3")])
    assert found(codes, LOINC, "2106-3") == {"test": ("2106-3", Role.DEFINITIVE)}
    assert found(codes, "urn:oid:2.16.840.1.113883.6.238", "2106-3") == {}  # a race code of the CDC
    assert found(codes, "", "2106-3") == {}
    assert found(codes, LOINC, "") == {}


def test_concepts_knowing_a_system() -> None:
    codes = index(one=[code(LOINC, "1-8")], two=[code(LOINC, "2-6"), code(WHO, "I64")])
    assert codes.concepts_knowing("https://loinc.org") == {"one", "two"}
    assert codes.concepts_knowing(WHO) == {"two"}
    assert codes.concepts_knowing(f"{CHINESE}.2") == {"two"}  # read as WHO's categories
    assert codes.concepts_knowing(GM) == {"two"}
    assert codes.concepts_knowing(CM) == frozenset()


def test_a_concept_that_knows_answers_of_a_system_does_not_know_its_tests() -> None:
    answer = code(SNOMED, "11214006", Role.COMPONENT)
    part = replace(code(LOINC, "8480-6", Role.COMPONENT), observation=True)  # of a panel
    codes = index(one=[code(LOINC, "1-8"), answer], two=[code(SNOMED, "1"), answer], three=[part])
    assert codes.concepts_knowing(SNOMED) == {"two"}
    assert codes.concepts_knowing(LOINC) == {"one", "three"}


# --- comparing --------------------------------------------------------------------------------------------------------


def test_exact_codes_match_the_whole_code_only() -> None:
    codes = index(relapse=[code(CM, "C91.02")])
    assert found(codes, CM, "C91.02") == {"relapse": ("C91.02", Role.DEFINITIVE)}
    for other in ("C91.0", "C91.020", "C91.00"):
        assert found(codes, CM, other) == {}


@pytest.mark.parametrize(("value", "matches"), [("I50", True), ("I50.9", True), ("I501", True), ("I5", False)])
def test_a_category_matches_its_subdivisions(value: str, matches: bool) -> None:
    assert bool(found(index(failure=[code(CM, "I50", match=Match.PREFIX)]), CM, value)) is matches


def test_a_prefix_of_another_system_needs_no_dot() -> None:
    codes = index(steroid=[code(ATC, "H02", match=Match.PREFIX)])
    assert found(codes, ATC, "H02AB06") == {"steroid": ("H02", Role.DEFINITIVE)}
    assert found(codes, ATC, "H01AB06") == {}


@pytest.mark.parametrize(
    ("value", "matches"),
    [("C00", True), ("C50.9", True), ("C80.1", True), ("C81", False), ("B99", False), ("D00", False)],
)
def test_a_range_compares_the_category(value: str, matches: bool) -> None:
    assert bool(found(index(cancer=[code(CM, "C00-C80", match=Match.RANGE)]), CM, value)) is matches


def test_the_most_precise_code_of_a_concept_wins() -> None:
    codes = index(
        tia=[
            code(CM, "G00-G99", Role.SUPPORTING, Match.RANGE),
            code(CM, "G45", Role.DEFINITIVE, Match.PREFIX),
            code(CM, "G45.8", Role.HISTORY, Match.PREFIX),
            code(CM, "G45.4", Role.EXCLUDE),
        ]
    )
    assert found(codes, CM, "G44.1") == {"tia": ("G00-G99", Role.SUPPORTING)}
    assert found(codes, CM, "G45.9") == {"tia": ("G45", Role.DEFINITIVE)}
    assert found(codes, CM, "G45.81") == {"tia": ("G45.8", Role.HISTORY)}
    assert found(codes, CM, "G45.4") == {"tia": ("G45.4", Role.EXCLUDE)}


def test_of_two_equally_precise_codes_the_first_role_in_precedence_wins() -> None:
    codes = index(dx=[code(SNOMED, "1", Role.SUPPORTING), code(SNOMED, "1", Role.NEGATES)])
    assert found(codes, SNOMED, "1") == {"dx": ("1", Role.NEGATES)}


def test_a_coding_may_belong_to_several_concepts() -> None:
    codes = index(hsct=[code(CM, "Z94.84", Role.HISTORY)], organ=[code(CM, "Z94.84", Role.EXCLUDE)])
    assert found(codes, CM, "Z94.84") == {"hsct": ("Z94.84", Role.HISTORY), "organ": ("Z94.84", Role.EXCLUDE)}


def test_facets_come_with_the_code_that_wins() -> None:
    codes = index(
        dvt=[
            code(CM, "I82", match=Match.PREFIX),
            code(CM, "I82.5", match=Match.PREFIX, facets=(("course", "chronic"),)),
        ]
    )
    assert codes.lookup(CM, "I82.509")[0][1].facets == (("course", "chronic"),)
    assert codes.lookup(CM, "I82.409")[0][1].facets == ()


# --- ICD-10 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code_"),
    [
        ("C91.02", "C91.02"),
        ("c9102", "C91.02"),
        (" C91 .02 ", "C91.02"),
        ("I64", "I64"),
        ("A17.0†", "A17.0"),
        ("G01*", "G01"),
        ("C95.8!", "C95.8"),
        ("C91.0-", "C91.0"),
        ("C91.-", "C91"),
        ("", ""),
    ],
)
def test_an_icd_code_is_written_in_one_way(written: str, code_: str) -> None:
    assert normalise_icd(written) == code_


def test_a_procedure_code_gets_no_dot() -> None:
    codes = index(car_t=[code(PCS, "XW033C7")])
    assert found(codes, PCS, "XW033C7") == {"car_t": ("XW033C7", Role.DEFINITIVE)}
    assert found(codes, PCS, "XW0.33C7") == {}


@pytest.mark.parametrize("value", ["C91.000x009", "C91.001", "c91.0", "C910"])
def test_a_chinese_code_is_read_as_the_who_category_and_no_further(value: str) -> None:
    codes = index(leukemia=[code(WHO, "C91.0")], remission=[code(CM, "C91.01")], stroke=[code(WHO, "I64")])
    assert found(codes, CHINESE, value) == {"leukemia": ("C91.0", Role.DEFINITIVE)}
    assert found(codes, f"{CHINESE}.2", "I64.x00") == {"stroke": ("I64", Role.DEFINITIVE)}


def test_a_code_that_is_too_long_for_who_may_be_of_any_modification() -> None:
    codes = index(
        remission=[code(CM, "C91.01"), code(GM, "C91.01")],
        relapse=[code(CM, "C91.02")],
        organ=[code(CM, "Z94.84", Role.EXCLUDE), code(WHO, "Z94.8")],
        stroke=[code(CM, "I63", match=Match.PREFIX), code(WHO, "I63", match=Match.PREFIX)],
        category=[code(CM, "C91.0")],
    )
    assert found(codes, WHO, "C91.01") == {"remission": ("C91.01", Role.SUPPORTING)}
    assert found(codes, WHO, "c9102") == {"relapse": ("C91.02", Role.SUPPORTING)}
    assert found(codes, WHO, "Z94.84") == {"organ": ("Z94.8", Role.SUPPORTING)}  # that it is none is not sure either
    assert found(codes, WHO, "I63.40") == {"stroke": ("I63", Role.DEFINITIVE)}  # whatever its modification is
    assert found(codes, WHO, "C91.0") == {}


@pytest.mark.parametrize(("system", "value"), [(GM, "C91.00"), (GM, "C91.0"), (WHO, "C91.00")])
def test_a_national_modification_read_as_who_never_decides(system: str, value: str) -> None:
    codes = index(
        leukemia=[code(WHO, "C91.0")],
        history=[code(WHO, "C91.0", Role.HISTORY)],
        tia=[code(WHO, "C91.0", Role.EXCLUDE)],
    )
    assert found(codes, system, value) == {
        "leukemia": ("C91.0", Role.SUPPORTING),
        "history": ("C91.0", Role.SUPPORTING),
        "tia": ("C91.0", Role.EXCLUDE),
    }


def test_a_code_of_the_modification_itself_decides() -> None:
    codes = index(refractory=[code(GM, "C95.8")], leukemia=[code(WHO, "C95.8")])
    assert found(codes, GM, "C95.8!") == {
        "refractory": ("C95.8", Role.DEFINITIVE),
        "leukemia": ("C95.8", Role.SUPPORTING),
    }


# --- speed ------------------------------------------------------------------------------------------------------------


def test_what_is_remembered_is_bounded_and_stays_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes_module, "_REMEMBERED", 10)
    codes = index(test=[code(LOINC, "7")])
    for number in range(100):
        assert bool(codes.lookup(LOINC, str(number))) is (number == 7)
        assert codes.canonical_system(f"urn:x:{number}") == f"urn:x:{number}"
        assert codes.names(str(number)) == frozenset()
    assert len(codes._found) <= 10
    assert len(codes._canonical) <= 10
    assert len(codes._names._found if codes._names else {}) <= 10


def test_a_repeated_miss_is_cheap() -> None:
    """Most of the 600 codings of a patient mean nothing to any rule. The best of several, for a busy machine."""
    codes = index(test=[code(LOINC, "7")])
    codes.lookup(LOINC, "99999-9")
    times = []
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(1000):
            codes.lookup(LOINC, "99999-9")
        times.append(time.perf_counter() - start)
    assert min(times) / 1000 < 5e-6


# --- free texts -------------------------------------------------------------------------------------------------------


def naming(**terms: tuple[str, ...]) -> CodeIndex:
    built = {
        name: Concept(id=name, label=name, kinds=frozenset({Kind.CONDITION}), codes=(), terms=given)
        for name, given in terms.items()
    }
    return CodeIndex(built, TERMINOLOGY)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Acute myeloid leukaemia, relapsed", {"aml"}),
        ("acute  myeloid-leukemia", {"aml"}),
        ("ACUTE MYELOID LEUKEMIAS", {"aml"}),
        ("Ménière", {"ear"}),
        ("HIV-positive", {"hiv"}),
        ("acute leukemia, myeloid", set()),
        ("hives", set()),
        ("CD70 expression", set()),
        ("CD7+ blasts", {"cd7"}),
        ("", set()),
    ],
)
def test_a_text_names_a_concept_by_whole_words(text: str, named: set[str]) -> None:
    codes = naming(aml=("acute myeloid leukemia",), ear=("meniere",), hiv=("hiv",), cd7=("cd7",))
    assert codes.names(text) == named
    assert codes.names(text) == named  # remembered


def embolism() -> CodeIndex:
    lungs = Concept(
        id="x.pe",
        label="pulmonary embolism",
        kinds=frozenset({Kind.CONDITION}),
        codes=(),
        terms=("pe", "pulmonary embolism"),
        other_meanings=("pe tube", "pe: lungs", "pe: normal"),
    )
    return CodeIndex({lungs.id: lungs}, TERMINOLOGY)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("PE", True),
        ("PE tube", False),
        ("Bilateral PE-tubes", False),
        ("PE tubes, then PE", True),
        ("PE tubes; pulmonary embolism 2019", True),
        ("tube, PE", True),
        ("PE: lungs clear", False),
        ("PE : Lungs clear", False),
        ("PE, lungs clear", True),
    ],
)
def test_a_phrase_in_which_a_term_means_something_else_does_not_name_it(text: str, named: bool) -> None:
    assert embolism().names(text) == ({"x.pe"} if named else set())


@pytest.mark.parametrize(
    ("text", "stands", "rest"),
    [
        ("Immune globulins, IV", True, "| iv"),
        ("Hepatitis B immune-globulin", True, "|"),
        ("Anthrax (live)", False, "anthrax live"),
        ("MMR and immune globulin", True, "mmr and |"),
        ("immune: globulin", False, "immune globulin"),
        ("Globulin (IVIG)", True, "|"),
        ("Globulin, IVIG", False, "globulin ivig"),
    ],
)
def test_phrases_and_what_a_text_says_beside_them(text: str, stands: bool, rest: str) -> None:
    phrases = Phrases(["immune globulin", "hepatitis b immune globulin", "globulin (ivig)"])
    assert phrases.stand_in(text) is stands
    assert phrases.left_out_of(text) == rest


def test_of_several_phrases_that_stand_at_one_place_the_longest_does() -> None:
    phrases = Phrases(["PE", "PE tube check", "PE tube"])
    assert phrases.left_out_of("PE tube, left, PE check") == "| left | check"


def test_no_phrases_stand_nowhere() -> None:
    assert not Phrases([]).stand_in("anything")
    assert Phrases([]).left_out_of("Anything") == "anything"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ALL", True),
        ("all", True),
        ("ALL in remission, all well", True),
        ("relapsed b-cell all", True),
        ("all, second remission", True),
        ("Allergic to all nuts", False),
        ("Burns of all limbs", False),
    ],
)
def test_an_abbreviation_that_is_a_word_too_stands_in_capitals_or_at_an_end(text: str, named: bool) -> None:
    assert naming(leukemia=("all",)).names(text) == ({"leukemia"} if named else set())


def test_spelling_variants_are_the_same_words() -> None:
    assert words("Tumours of the oesophagus, haematological") == words("tumor of the esophagus; HEMATOLOGICAL")


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Pneumonia", True),
        ("Lungenentzündung", True),
        ("β-thalassaemia", True),
        ("12.5 (+)", True),
        ("", True),
        ("肺炎", False),
        ("ALL 急性白血病", False),
        ("пневмония", False),
        ("πνευμονία", False),
    ],
)
def test_terms_cover_latin_script(text: str, covered: bool) -> None:
    assert CodeIndex.covered_script(text) is covered
