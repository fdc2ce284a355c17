"""Words of free texts: abbreviations with dots are those without, and a dot that ends something else stays an end."""

from __future__ import annotations

import pytest

from trialsieve.rules.codes import CodeIndex
from trialsieve.rules.loader import load_rules
from trialsieve.rules.words import Phrases, substance, turned, without_dots, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P.E.", "PE"),
        ("P.E", "PE"),
        ("p.e.", "pe"),
        ("H.I.V. infection", "HIV infection"),
        ("Acute P.E., confirmed", "Acute PE, confirmed"),
        ("(P.E.)", "(PE)"),
        ("T.I.A.; D.V.T.", "TIA; DVT"),
        ("H.I.V.-positive", "HIV-positive"),
        ("No P.E. Patient well", "No PE Patient well"),
        ("В.И.Ч.", "ВИЧ"),
        # what is no abbreviation
        ("hepatitis B. Cirrhosis", "hepatitis B. Cirrhosis"),
        ("hepatitis B.", "hepatitis B."),
        ("S. aureus", "S. aureus"),
        ("Stage 2.B.", "Stage 2.B."),
        ("LVEF 55.5", "LVEF 55.5"),
        ("C91.0.", "C91.0."),
        ("PE.DVT", "PE.DVT"),
        ("www.a.b.com", "www.a.b.com"),
        ("a.b.com", "a.b.com"),
        ("end of PE.A new", "end of PE.A new"),
        ("no dots", "no dots"),
        ("", ""),
    ],
)
def test_abbreviations_with_dots(text: str, expected: str) -> None:
    assert without_dots(text) == expected


def test_they_are_words() -> None:
    assert words("Old T.I.A. of 2.5 h.") == ("old", "tia", "of", "2", "5", "h")
    assert Phrases(["D.V.T."]).stand_in("no DVT")
    assert Phrases(["DVT"]).left_out_of("no D.V.T.") == "no |"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Embolism, pulmonary", "pulmonary embolism"),
        ("Failure, heart, congestive", "congestive heart failure"),
        ("Embolism, pulmonary (CMS/HCC)", "pulmonary embolism"),
        ("Thrombosis, deep vein, left, acute", "acute left deep vein thrombosis"),
        # what is no such name
        ("Pulmonary embolism", ""),
        ("Embolism,", ""),
        ("Embolism, , pulmonary", ""),
        ("Pain, in, the, chest, pulmonary", ""),
        ("Embolism, not in the lungs", ""),
        ("", ""),
    ],
)
def test_a_name_as_an_index_has_it(text: str, expected: str) -> None:
    assert " ".join(turned(text).lower().split()) == expected


@pytest.fixture(scope="module")
def index() -> CodeIndex:
    book = load_rules()
    return CodeIndex(book.concepts, book.terminology)


@pytest.mark.parametrize(
    ("text", "concept"),
    [("P.E.", "vasc.pe"), ("H.I.V.", "dx.hiv"), ("T.I.A. in 2020", "neuro.tia"), ("D.V.T., left", "vasc.dvt")],
)
def test_they_name_what_they_name_without(index: CodeIndex, text: str, concept: str) -> None:
    assert concept in index.names(text)


def test_amid_others_they_are_no_word_in_small_letters(index: CodeIndex) -> None:
    assert "dx.acute_leukemia" in index.names("Child with A.L.L. today")
    assert "dx.acute_leukemia" not in index.names("child with all today")


@pytest.mark.parametrize(
    "names",
    [
        ("cyclophosphamide", "cyclophosphamid", "ciclofosfamida", "ciclofosfamide"),
        ("methotrexate", "methotrexat", "metotrexato"),
        ("dexamethasone", "dexamethason", "dexametasona"),
        ("azathioprine", "azathioprin", "azatioprina"),
        ("chlorambucil", "clorambucilo"),
        ("corticosteroid", "kortikosteroid", "corticosteroide"),
    ],
)
def test_a_substance_has_one_name_in_all_languages(names: tuple[str, ...]) -> None:
    assert len({substance(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("text", "named"), [("Cytarabin 100 mg", True), ("citarabina", True), ("Cytarabidine", False), ("Cisplatino", True)]
)
def test_drugs_are_named_in_any_language(index: CodeIndex, text: str, named: bool) -> None:
    assert ("med.antineoplastic_recent" in index.names(text)) is named


def test_diagnoses_and_short_names_have_their_own_spelling(index: CodeIndex) -> None:
    assert "dx.active_infection" not in index.names("septicemi")
    assert "med.immunosuppressants" not in index.names("atge")
