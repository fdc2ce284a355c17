"""The JSON Schema of one result (docs/result.schema.json), made from the word lists so that it cannot fall behind them.

`python -m trialsieve.service.output.result_schema > docs/result.schema.json` writes it; a test compares the two.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import Enum
from typing import Any

from trialsieve.rules.vocabulary import CriterionKind, Effect, Reason, Verdict

Schema = dict[str, Any]

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
REFERENCE = r"^\S+( \(.+\))?$"


def values(words: type[Enum]) -> list[str]:
    return [str(word.value) for word in words]


def text(*, empty: bool = False, describe: str = "") -> Schema:
    schema: Schema = {"type": "string"} if empty else {"type": "string", "minLength": 1}
    return {**schema, "description": describe} if describe else schema


def each(items: Schema, *, unique: bool = False) -> Schema:
    return {"type": "array", "items": items, **({"uniqueItems": True} if unique else {})}


def closed(properties: dict[str, Schema], describe: str = "", also: Iterable[Schema] = ()) -> Schema:
    """An object with these members, all of them and no other."""
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }
    if describe:
        schema["description"] = describe
    conditions = list(also)
    if conditions:
        schema["allOf"] = conditions
    return schema


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def when(members: dict[str, Schema], then: dict[str, Schema]) -> Schema:
    return {"if": {"properties": members, "required": list(members)}, "then": {"properties": then}}


HOLDS: Schema = {"type": ["boolean", "null"], "description": "Is it true of this patient? null: unknown."}

# Unknown exactly when there are reasons.
REASONED = (
    when({"holds": {"const": None}}, {"reasons": {"minItems": 1}}),
    when({"holds": {"type": "boolean"}}, {"reasons": {"maxItems": 0}}),
)

# What the truth of a criterion does to eligibility.
WANTED: Schema = {"enum": [CriterionKind.INCLUSION.value, CriterionKind.INFUSION.value]}
UNWANTED: Schema = {"const": CriterionKind.EXCLUSION.value}
EFFECTS = (
    when({"holds": {"const": None}}, {"effect": {"const": Effect.REVIEW.value}}),
    when({"kind": WANTED, "holds": {"const": True}}, {"effect": {"const": Effect.PASS.value}}),
    when({"kind": WANTED, "holds": {"const": False}}, {"effect": {"const": Effect.FAIL.value}}),
    when({"kind": UNWANTED, "holds": {"const": True}}, {"effect": {"const": Effect.FAIL.value}}),
    when({"kind": UNWANTED, "holds": {"const": False}}, {"effect": {"const": Effect.PASS.value}}),
    when({"applies": {"const": False}}, {"effect": {"const": Effect.PASS.value}}),
)


def result_schema() -> Schema:
    """JSON Schema (2020-12) of one result object: every member required, no other allowed, words from closed lists."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A trialsieve result: one patient, one trial",
        **closed(
            {
                "patient": text(describe="The Patient's relative reference; without one, the subject's reference."),
                "source": text(describe="The input that the patient's record was read from."),
                "trial": text(),
                "as_of": {"type": "string", "pattern": DAY},
                "verdict": ref("verdict"),
                "arms": {"type": "array", "minItems": 1, "items": ref("arm")},
                "cautions": each(text()),
                "criteria": {"type": "array", "minItems": 1, "items": ref("criterion")},
                "rules_version": text(),
                "rules_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            }
        ),
        "$defs": {
            "verdict": {"enum": values(Verdict)},
            "reasons": {
                **each({"enum": sorted(values(Reason))}, unique=True),
                "description": "Why it is unknown; sorted, empty if it is known.",
            },
            "evidence": closed(
                {
                    "reference": {
                        "type": "string",
                        "pattern": REFERENCE,
                        "description": "Type/id; where it has no id, its type and place: `Observation (entry 3)`.",
                    },
                    "says": text(),
                },
                "A resource of the input and what it says: value, unit and date as recorded.",
            ),
            "arm": closed(
                {
                    "cohort": text(),
                    "stage": text(),
                    "verdict": ref("verdict"),
                    "limiting": each(text(), unique=True),
                    "open": closed(
                        {name: each(text(), unique=True) for name in ("data", "judgement", "registry")},
                        "The criteria in review, by what they wait for.",
                    ),
                    "gate": {
                        "anyOf": [ref("atom"), {"type": "null"}],
                        "description": "The cohort's own condition, if it has one.",
                    },
                },
                "One cohort at one stage.",
                [
                    when({"verdict": {"const": Verdict.ELIGIBLE.value}}, {"limiting": {"maxItems": 0}}),
                    when(
                        {"verdict": {"enum": [Verdict.INELIGIBLE.value, Verdict.NEEDS_REVIEW.value]}},
                        {"limiting": {"minItems": 1}},
                    ),
                ],
            ),
            "reading": closed(
                {"name": text(), "holds": HOLDS, "explanation": text()},
                "What a text on hold would say under one reading.",
            ),
            "atom": closed(
                {
                    "id": text(),
                    "quote": text(empty=True),
                    "holds": HOLDS,
                    "reasons": ref("reasons"),
                    "evidence": each(ref("evidence")),
                    "assumptions": each(text()),
                    "explanation": text(),
                    "operand": {"type": "boolean", "description": "false: shown, but not in the criterion's logic."},
                    "finding": {
                        "type": ["string", "null"],
                        "description": "The shared finding that it is, if it is one.",
                    },
                },
                "One computable statement of a criterion.",
                REASONED,
            ),
            "criterion": closed(
                {
                    "id": text(),
                    "kind": {"enum": values(CriterionKind)},
                    "stage": text(),
                    "cohort": text(),
                    "text": text(describe="The registry's sentence, verbatim."),
                    "applies": {"type": "boolean"},
                    "holds": HOLDS,
                    "effect": {"enum": values(Effect)},
                    "reasons": ref("reasons"),
                    "explanation": text(),
                    "evidence": each(ref("evidence")),
                    "assumptions": each(text()),
                    "readings": each(ref("reading")),
                    "atoms": {"type": "array", "minItems": 1, "items": ref("atom")},
                    "cautions": each(text()),
                    "changes_on": {"type": ["string", "null"], "pattern": DAY},
                },
                "One sentence of the registry and what it comes to for this patient.",
                (*REASONED, *EFFECTS),
            ),
        },
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(result_schema(), indent=2) + "\n")
