"""Builds rules/concepts/*.yaml and rules/concepts.lock.json from a researched `concepts.yaml`.

    python tools/build_concepts.py CONCEPTS_YAML [--out rules]

The research file holds every code with its evidence; the files written here are what the product reads and what a
clinical informaticist edits from then on. What is added to the research file stands beside this, each with its reason:

    concept_labels      our names                  concept_facets       what codes say beyond their concept
    concept_new         concepts that it lacks     concept_recognised   how a resource says such a thing by itself
    concept_added       codes that it lacks        concept_readings     how codes and numbers are read
    concept_implied     codes that it implies      concept_unused       what is kept unused
    concept_supporting  codes that raise a doubt   concept_systems      code systems by name
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from concept_added import MORE, NEW_TOO
from concept_facets import FACETS
from concept_implied import ICD10CM_2026, IMPLIED
from concept_labels import LABELS, TERMS
from concept_new import NEW
from concept_readings import (
    CODE_FACTORS,
    CODE_NUMBER_MEANS,
    CODE_ROLES,
    CURRENCY,
    DROPPED,
    NOT_NAMED_WITH,
    NUMBER_MEANS,
    OPEN_LISTS,
    ROLES,
)
from concept_recognised import ASSUME, RECOGNISED
from concept_supporting import supporting
from concept_unused import UNUSED
from ruamel.yaml import YAML

from trialsieve.rules.codes import words

HEADER = """\
# {title}
# Value sets: which codes mean which clinical concept. Built from a research list of codes, each of which was seen with
# its display at the `source` named beside it (tier A, where none is given: a current release or maintained value set;
# B: an older table; C: a single page or third-party file, re-check before clinical use). Labels are ours or shortened.
# `with_descendants`: the code's SNOMED CT descendants are meant too; they are not shipped: ask a terminology server.
#
# Licences. SNOMED CT codes: SNOMED International, affiliate licence or member country needed for use; no SNOMED CT
# descriptions or hierarchies are shipped. LOINC codes: (c) Regenstrief Institute, https://loinc.org/license.
# ICD-10-CM, ICD-10-PCS, HCPCS level II, CVX, RxNorm: works of the US government. ICD-10 and ICD-O-3: World Health
# Organization. ATC: WHO Collaborating Centre for Drug Statistics Methodology. NCI Thesaurus: CC BY 4.0. HL7: CC0.
"""

# file, title, concepts: whole groups (`cardiac.*`) or single ones
FILES: tuple[tuple[str, str, str], ...] = (
    (
        "diseases",
        "Leukemia, lymphoma and other index diseases",
        "dx.t_all dx.b_all_conflict dx.t_lbl dx.aml dx.mpal dx.acute_leukemia dx.t_cell_malignancy dx.extramedullary "
        "dx.cns_leukemia",
    ),
    ("disease-status", "Relapse, refractoriness, remission", "status.*"),
    (
        "infections",
        "Infections as diagnoses",
        "dx.hiv dx.syphilis dx.active_infection lab.hbv_hcv_hiv_dx dx.other_hepatitis",
    ),
    (
        "infection-serology",
        "Infections: antigen and antibody tests",
        "lab.hbsag lab.anti_hbc lab.anti_hcv lab.hepatitis_a_igm lab.hiv lab.syphilis",
    ),
    (
        "infection-nucleic-acid",
        "Infections: nucleic acid tests",
        "lab.hbv_dna lab.hcv_rna lab.ebv_pcr lab.cmv_pcr lab.adv_pcr lab.bkv_pcr lab.hhv6_pcr",
    ),
    (
        "laboratory",
        "Clinical chemistry, blood count, oxygen saturation",
        "lab.alt lab.ast lab.bilirubin_total lab.creatinine lab.bun lab.hemoglobin lab.alc lab.spo2 "
        "lab.inhaled_oxygen_flow lab.inhaled_oxygen_concentration",
    ),
    ("blasts", "Blasts and residual disease", "lab.bm_blast_pct lab.pb_blast_pct lab.csf_blasts lab.mrd"),
    ("tumour-markers", "Immunophenotype of the tumour", "marker.*"),
    ("performance-status", "Performance status", "perf.*"),
    ("cardiac", "Heart", "cardiac.*"),
    ("neurology", "Nervous system and mental health", "neuro.* psy.*"),
    ("thrombosis", "Thrombosis, embolism, coagulation", "vasc.* heme.*"),
    ("immunology", "Autoimmunity, immunodeficiency, graft-versus-host disease, allergy", "imm.* allergy.*"),
    ("comorbidity", "Other diseases", "comorb.* onc.* gen.*"),
    ("reproduction", "Pregnancy, lactation, childbearing potential", "repro.*"),
    ("therapy", "Transplantation, cell therapy, surgery, vaccination, oxygen", "tx.* proc.* res.*"),
    ("medication", "Medication", "med.*"),
    ("administrative", "What no code decides", "admin.*"),
)

KINDS = (
    ("Condition", "Condition"),
    ("Procedure", "Procedure"),
    ("Medication", "medication"),
    ("Immunization", "Immunization"),
    ("AllergyIntolerance", "AllergyIntolerance"),
    ("Observation", "Observation"),
)
UNITS = {"cardiac.nyha": "{class}"}
ONLY_OBSERVED = {
    "perf.ecog",
    "perf.karnofsky",
    "perf.lansky",
    "cardiac.nyha",
}  # their assessment codes are Observation.code


def main(arguments: list[str] | None = None) -> int:
    """Write the files; 0 on success. Files of earlier builds that no group names any more are left alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "rules")
    options = parser.parse_args(arguments)
    raw = options.source.read_bytes()
    document = YAML(typ="safe").load(raw)
    concepts = {concept["id"]: concept for concept in (*document["concepts"], *NEW, *NEW_TOO)}
    routes = [route for concept in concepts.values() for route in concept.get("route_codes", [])]
    grouped: set[str] = set()
    counts: Counter[str] = Counter()
    folder = options.out / "concepts"
    folder.mkdir(parents=True, exist_ok=True)
    for name, title, pattern in FILES:
        members = [concept for concept in concepts.values() if _belongs(concept["id"], pattern)]
        if overlap := grouped & {concept["id"] for concept in members}:
            sys.exit(f"{name}: {sorted(overlap)} are in two groups")
        grouped |= {concept["id"] for concept in members}
        text = HEADER.format(title=title) + "concepts:\n"
        text += "\n".join(_concept(concept, counts, routes) for concept in members)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    if missing := sorted(set(concepts) - grouped):
        sys.exit(f"no group for {missing}")
    lock = {
        "built_from": {"sha256": hashlib.sha256(raw).hexdigest(), "version": document["version"]},
        "concepts": len(concepts),
        "codes": dict(sorted(counts.items())),
    }
    (options.out / "concepts.lock.json").write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    return 0


def _belongs(identifier: str, patterns: str) -> bool:
    return any(fnmatchcase(identifier, pattern) for pattern in patterns.split())


def _concept(concept: Mapping[str, Any], counts: Counter[str], routes: Iterable[Mapping[str, Any]]) -> str:
    identifier: str = concept["id"]
    codes = _codes(concept)
    counts.update(code["system"] for code in codes)
    unit = UNITS.get(identifier) or concept.get("canonical_unit")
    lines = [
        f"  - id: {identifier}",
        f"    label: {_scalar(LABELS.get(identifier, concept['title']))}",
        f"    title: {_scalar(concept['title'])}",
        f"    kinds: [{', '.join(_kinds(concept['fhir_carriers']))}]",
    ]
    if unit:
        lines.append(f"    unit: {_scalar(unit)}")
        lines += _factors(concept, unit)
    if "plausible" in concept:
        low, high = (_number(concept["plausible"][bound]) for bound in ("min", "max"))
        lines.append(f"    plausible: [{low}, {high}]  # {concept['plausible']['unit']}")
    if isinstance(concept.get("molar_mass_g_mol"), int | float):
        lines.append(f'    molar_mass: "{_number(concept["molar_mass_g_mol"])}"  # g/mol')
    if identifier in CURRENCY:
        lines.append(f"    currency: {CURRENCY[identifier]}")
    if identifier in NUMBER_MEANS:
        lines.append(f"    number_means: {NUMBER_MEANS[identifier]}")
    if identifier == "tx.vaccination":
        lines.append("    any_code: true  # any Immunization that was given counts, whatever its code")
    if identifier == "tx.surgery":
        lines.append("    any_procedure: true  # any Procedure raises a doubt, whatever its code")
    if identifier == "allergy.any":
        lines.append("    any_allergy: true  # any AllergyIntolerance raises a doubt, whatever its code")
    if identifier in OPEN_LISTS:
        lines.append("    open_list: true  # no list of its codes can be complete: words that name it raise a doubt")
    if identifier in NOT_NAMED_WITH:
        lines.append(f"    not_named_with: [{', '.join(_scalar(word) for word in NOT_NAMED_WITH[identifier])}]")
    if concept.get("gap"):
        lines.append(f"    gap: {_scalar(concept['gap'])}")
    if identifier in UNUSED:
        lines.append(f"    unused: {_scalar(UNUSED[identifier])}")
    if identifier in ASSUME:
        lines.append(f"    assume: [{', '.join(_scalar(part) for part in ASSUME[identifier])}]")
    if concept.get("notes"):
        lines.append("    notes:")
        lines += [f"      - {_scalar(note)}" for note in concept["notes"]]
    lines += _recognised(concept, routes)
    if terms := _terms(concept, codes):
        lines.append("    terms:")
        lines += [f"      - {_scalar(term)}" for term in terms]
    if codes:
        lines.append("    codes:")
        for system, members in groupby(codes, key=itemgetter("system")):
            lines.append(f"      {system}:")
            for code in members:
                lines += _code(identifier, code)
    return "\n".join(lines) + "\n"


def _kinds(carriers: Iterable[str]) -> list[str]:
    text = " ".join(carriers)
    return [kind for word, kind in KINDS if word in text]


def _factors(concept: Mapping[str, Any], unit: str) -> list[str]:
    lines, left_out = [], []
    for entry in concept.get("unit_map", []):
        note = entry.get("note", "")
        if "transform" in entry or "do not silently convert" in note:
            left_out.append(f"{entry['ucum']} ({entry.get('transform') or note})")
        elif entry["ucum"] != unit:
            comment = f"  # {note}" if note else ""
            lines.append(f'      {_scalar(entry["ucum"])}: "{_number(entry["factor_to_canonical"])}"{comment}')
    block = ["    factors:", *lines] if lines else []
    return [*block, *(f"    # not converted, so that it becomes an unknown unit: {text}" for text in left_out)]


def _recognised(concept: Mapping[str, Any], routes: Iterable[Mapping[str, Any]]) -> list[str]:
    rows = RECOGNISED.get(concept["id"], [])
    lines = ["    facets:"] if rows else []
    for row in rows:
        codes = list(row["codes"]) + [
            (route["system"], route["code"], route["source"])
            for route in routes
            if row["facet"] == "route" and route["route_class"] == row["value"]
        ]
        lines += [f"      - facet: {row['facet']}", f"        value: {_scalar(row['value'])}"]
        if codes:
            lines.append("        codes:")
            lines += [
                f"          - {{system: {_scalar(system)}, code: {_quoted(code)}, source: {_scalar(source)}}}"
                for system, code, source in codes
            ]
        lines.append(f"        texts: [{', '.join(_scalar(text) for text in row['texts'])}]")
    return lines


def _codes(concept: Mapping[str, Any]) -> list[dict[str, Any]]:
    identifier = concept["id"]
    found: list[dict[str, Any]] = []
    extra = (
        *concept.get("explicit_descendants", []),
        *IMPLIED.get(identifier, []),
        *MORE.get(identifier, []),
        *supporting(identifier),
    )
    for entry in (*concept["codes"], *extra):
        if entry["code"] in DROPPED.get(identifier, ()):
            continue
        role = ROLES.get(identifier, {}).get(entry["role"], entry["role"])
        role = CODE_ROLES.get((identifier, entry["code"]), role)
        found.append({**entry, "role": role, "source": entry.get("source") or _missing_source(entry)})
    return sorted(found, key=lambda code: code["system"])


def _missing_source(entry: Mapping[str, Any]) -> str:
    return "not verified" if entry.get("verified") is False else ICD10CM_2026


def _code(identifier: str, code: Mapping[str, Any]) -> list[str]:
    parts = [f"code: {_quoted(code['code'])}", f"label: {_scalar(_label(code))}", f"role: {code['role']}"]
    if code.get("match", "exact") != "exact":
        parts.append(f"match: {code['match']}")
    if code.get("kind") == "observation" or (
        identifier in ONLY_OBSERVED and code["role"] in {"definitive", "supporting"}
    ):
        parts.append("observation: true")
    if code.get("value") is not None:
        parts.append(f"value: {_scalar(code['value'])}")
    facets: dict[str, str] = {}
    for concept, said, members, _ in FACETS:
        if concept == identifier and code["code"] in members:
            facets |= said
    if facets:
        parts.append(f"facets: {{{', '.join(f'{name}: {_scalar(facets[name])}' for name in sorted(facets))}}}")
    if factors := CODE_FACTORS.get((identifier, code["code"])):
        parts.append(
            f"factors: {{{', '.join(f'{_scalar(unit)}: {_quoted(value)}' for unit, value in factors.items())}}}"
        )
    if means := CODE_NUMBER_MEANS.get((identifier, code["code"])):
        parts.append(f"number_means: {means}")
    if code.get("include_descendants"):
        parts.append("with_descendants: true")
    second = [f"source: {_scalar(code['source'])}"]
    tier = code.get("evidence_tier", "C" if code["source"] == "not verified" else "A")
    if tier != "A":
        second.append(f"tier: {tier}")
    if code.get("note"):
        second.append(f"note: {_scalar(code['note'])}")
    return [f"        - {{{', '.join(parts)},", f"           {', '.join(second)}}}"]


def _label(code: Mapping[str, Any]) -> str:
    label = re.sub(
        r" \((qualifier value|observable entity|disorder|finding|procedure|display not given.*)\)$", "", code["display"]
    )
    return re.sub(r"(, disease|^range )", "", label)


# --- words by which a free text names a concept -----------------------------------------------------------------------

_NAMING_ROLES = {"definitive", "supporting", "history", "negates"}
_NOISE = re.compile(r"\[[^\]]*\]|\([^)]*\)|, (unspecified|nos)\b|\bnos\b|\.\.", re.IGNORECASE)
_TOO_GENERAL = {"research", "vaccines", "patient consent", "patient's condition worsened"}
_MOST_WORDS = 7


def _terms(concept: Mapping[str, Any], codes: Iterable[Mapping[str, Any]]) -> list[str]:
    identifier = concept["id"]
    texts: list[str] = [LABELS.get(identifier, ""), *TERMS.get(identifier, ())]
    for code in codes:
        if code["role"] in _NAMING_ROLES and code.get("match") != "range" and code.get("kind") != "answer":
            texts.append(_label(code))
    terms: dict[tuple[str, ...], str] = {}
    for text in texts:
        term = " ".join(_NOISE.sub(" ", text).lower().split()).strip(" ,;:-")
        if len(term) > 1 and len(term.split()) <= _MOST_WORDS and term not in _TOO_GENERAL:
            terms.setdefault(words(term), term)
    return [term for said, term in terms.items() if not any(_within(other, said) for other in terms if other != said)]


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether a text with the words of `whole` is found by `part` already."""
    return any(whole[place : place + len(part)] == part for place in range(len(whole) - len(part) + 1))


# --- scalars ----------------------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./+@;()'%-]*[A-Za-z0-9_./+%)-]|[A-Za-z]")
_RESERVED = {"yes", "no", "true", "false", "null", "on", "off", "y", "n"}


def _scalar(value: object) -> str:
    """A YAML scalar that reads back as the same text or number."""
    if isinstance(value, int):
        return str(value)
    text = " ".join(str(value).split())
    return text if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED else _quoted(text)


def _quoted(value: object) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _number(value: float) -> str:
    text = f"{value:f}" if isinstance(value, float) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


if __name__ == "__main__":
    sys.exit(main())
