"""Every word by which a code says that an ejection fraction is not by echocardiography, and what says no such thing."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.other_methods import other_methods
from trialsieve.rules.rule_book import RuleBook

OTHERS = [
    *("SPECT", "gated SPECT", "SPECT-CT", "LVEF:SPECT", "PET", "Cardiac CT", "心脏CT", "CTA", "CCTA", "MDCT", "MSCT"),
    *("CMR", "LVEF,CMR", "by MR", "MRT", "IRM", "RMN", "MUGA", "RNV", "RNVG", "RVG", "ERNA", "ECG gated", "LV cath"),
    *("LHK", "LV angio", "Myokardszintigraphie", "Szintigrafie", "scintigraphy", "gammagrafía", "radionuklid"),
    *("radionuclide", "radionucléide", "nuclear medicine", "nuklearmedizinisch", "médecine nucléaire"),
    *("Computed tomography", "myocardial perfusion", "Kernspin", "magnetic resonance", "résonance", "resonancia"),
    *("Catheterization", "Linksherzkatheter", "cathétérisme", "catéter", "cateterismo"),
    *("LV ventriculography", "Ventrikulographie", "核素显像", "核医学", "心导管", "左心室造影", "心室造影", "磁共振"),
]
NONE = [
    *("LVEF", "Left ventricular Ejection fraction", "LV Ejection fraction US.2D", "EF pct", "LVEF by Teichholz method"),
    *("Left ventricular Ejection fraction by US.2D+Calculated by biplane method of disks", "LVEF petit axe"),
    *("TTE with MR quantification", "Echocardiogram, severe MR", "EF (TTE), pre-cath", "stress echo, gated"),
    *("contrast echocardiography", "Stress echo", "经胸超声", "LVEF active", "Ejection fraction, calculated"),
]


@pytest.mark.parametrize("words", OTHERS)
def test_it_is_not_by_echocardiography(book: RuleBook, words: str) -> None:
    assert other_methods([words], "echocardiography", book.concepts["cardiac.lvef"].facets)
    assert other_methods(["LVEF", words.upper()], "echocardiography", ())  # whatever a concept lists


@pytest.mark.parametrize("words", NONE)
def test_no_other_method_is_named(book: RuleBook, words: str) -> None:
    assert not other_methods([words], "echocardiography", book.concepts["cardiac.lvef"].facets)


def test_the_codes_of_echocardiography_name_no_other_method(book: RuleBook) -> None:
    for name in ("cardiac.lvef", "cardiac.fs"):
        concept = book.concepts[name]
        for code in concept.codes:
            taken = dict(code.facets).get("method", "echocardiography")
            assert not other_methods([code.label], taken, concept.facets), code.label
