"""The closed word lists that rule files, facts and results share (docs/semantics.md says what they mean)."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Final


class _Word(StrEnum):
    """A word; it is looked up too often for the hash of Enum, which is a Python function."""

    __hash__ = str.__hash__


class Truth(Enum):
    """Kleene's three values."""

    __hash__ = object.__hash__

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


# By themselves, for where they are asked for at every step: the members of an enumeration are found by a detour.
TRUE: Final = Truth.TRUE
FALSE: Final = Truth.FALSE
UNKNOWN: Final = Truth.UNKNOWN


class Reason(_Word):
    """Why something is unknown; the values are public."""

    NO_DATA = "no-data"
    STALE = "stale"
    UNDATED = "undated"
    UNIT = "unit"
    NO_REFERENCE_RANGE = "no-reference-range"
    IMPRECISE = "imprecise"
    UNCONFIRMED = "unconfirmed"
    UNSPECIFIC = "unspecific"
    CONFLICTING_DATA = "conflicting-data"
    NOT_RETRIEVED = "not-retrieved"
    JUDGEMENT = "judgement"
    REGISTRY_ERROR = "registry-error"
    TRUNCATED = "truncated"
    UNUSABLE_DATA = "unusable-data"
    ENGINE_DISAGREEMENT = "engine-disagreement"


# Reasons that say only "nothing was found"; evidence of the contrary may still decide.
ABSENT = frozenset({Reason.NO_DATA, Reason.NOT_RETRIEVED})

# What no attestation lifts (docs/semantics.md, 3.4).
NOT_LIFTED = frozenset(
    {
        Reason.REGISTRY_ERROR,
        Reason.TRUNCATED,
        Reason.UNUSABLE_DATA,
        Reason.NOT_RETRIEVED,
        Reason.ENGINE_DISAGREEMENT,
    }
)


class Role(_Word):
    """What a code says about its concept, in order of precedence within one resource."""

    EXCLUDE = "exclude"
    NEGATES = "negates"
    DEFINITIVE = "definitive"
    HISTORY = "history"
    STATUS = "status"
    SUPPORTING = "supporting"
    COMPONENT = "component"


ROLE_PRECEDENCE = (Role.EXCLUDE, Role.NEGATES, Role.DEFINITIVE, Role.HISTORY, Role.STATUS, Role.SUPPORTING)


class AsideRole(_Word):
    """What a part of a sentence does that is no condition of its own."""

    CARVE_OUT = "carve-out"  # what never counts for an atom
    ALLOWANCE = "allowance"  # what does not matter to an atom


class Match(_Word):
    """How a code of a value set is compared (concepts.yaml, `icd_matching`)."""

    EXACT = "exact"
    PREFIX = "prefix"
    RANGE = "range"


class Kind(_Word):
    """The kinds of resource that carry facts; each is covered or not on its own."""

    OBSERVATION = "Observation"
    CONDITION = "Condition"
    PROCEDURE = "Procedure"
    MEDICATION = "medication"
    IMMUNIZATION = "Immunization"
    ALLERGY = "AllergyIntolerance"


# Kinds that must be covered before anything of theirs is presumed absent; Observations never are.
COVERABLE = frozenset(Kind) - {Kind.OBSERVATION}


class Certainty(_Word):
    """Whether a resource's status lets it decide (firm) or only raise a doubt (weak)."""

    FIRM = "firm"
    WEAK = "weak"


class State(_Word):
    """A condition's clinical status, as far as rules tell them apart."""

    ACTIVE = "active"
    RELAPSE = "relapse"  # relapse or recurrence; active too
    REMISSION = "remission"
    RESOLVED = "resolved"  # resolved or inactive
    UNSTATED = "unstated"


class Result(_Word):
    """A qualitative result."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    INDETERMINATE = "indeterminate"


class Sex(_Word):
    """Administrative gender as recorded; `unknown` covers other, unknown and absent."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class CriterionKind(_Word):
    """An inclusion or infusion criterion must hold; an exclusion must not."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    INFUSION = "infusion"


class Effect(_Word):
    """What a criterion's truth does to eligibility."""

    PASS = "pass"
    FAIL = "fail"
    REVIEW = "review"


class Verdict(_Word):
    """The answer for one patient and one trial."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    NEEDS_REVIEW = "needs-review"


class Take(_Word):
    """Which results of a selector decide: the latest, any one, or all of them."""

    LATEST = "latest"
    ANY = "any"
    ALL = "all"


class Basis(_Word):
    """What a measurement's limits are compared with."""

    VALUE = "value"
    TIMES_UPPER_LIMIT = "x ULN"
    TIMES_LOWER_LIMIT = "x LLN"


class Timing(_Word):
    """When something on record must have been, where no window is given (criteria.yaml, meta.semantics)."""

    EVER = "ever"
    CURRENT = "current"
    UNSTATED = "unstated"  # the sentence gives no window
    INDEX_DISEASE = "index-disease"  # any clinical status counts


class AbsenceRule(_Word):
    """What nothing on record means for an atom."""

    PRESUME = "presume"
    UNKNOWN = "unknown"
    ASSESSED_ONLY = "assessed-only"


class AbsencePolicy(_Word):
    """`--absence`: whether anything may be presumed absent at all."""

    PRESUME = "presume"
    UNKNOWN = "unknown"
