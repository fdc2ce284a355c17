"""What the words of a diagnosis and its body site narrow, by the facets that concepts know."""

from __future__ import annotations

from typing import Any

import pytest

SNOMED = "http://snomed.info/sct"
DVT = "128053003"
ARM = "upper limb or central vein"


@pytest.mark.parametrize(
    ("concept", "value", "text", "body_site", "facets"),
    [
        ("vasc.dvt", DVT, "Upper extremity DVT", None, {"site": ARM}),
        ("vasc.dvt", DVT, "DVT right arm", None, {"site": ARM}),
        ("vasc.dvt", DVT, "Subclavian DVT", None, {"site": ARM}),
        ("vasc.dvt", DVT, "DVT", [{"coding": [{"system": SNOMED, "code": "368208006"}]}], {"site": ARM}),
        ("vasc.dvt", DVT, "DVT", [{"coding": [{"system": "urn:x", "display": "Left upper arm"}]}], {"site": ARM}),
        ("vasc.dvt", DVT, None, [{"text": "left axillary vein"}], {"site": ARM}),
        ("vasc.dvt", DVT, "DVT", {"text": "left arm"}, {"site": ARM}),
        ("vasc.dvt", DVT, "Catheter-related DVT", None, {"cause": "catheter"}),
        ("vasc.dvt", DVT, "PICC-associated DVT", None, {"cause": "catheter"}),
        ("vasc.dvt", DVT, "Line-associated DVT", None, {"cause": "catheter"}),
        ("vasc.dvt", DVT, "Catheter-related DVT right arm", None, {"cause": "catheter", "site": ARM}),
        ("vasc.dvt", DVT, "DVT", [{"text": "left leg"}], {}),
        ("vasc.dvt", DVT, "DVT, seen in the pharmacy", None, {}),
        ("vasc.venous_any", DVT, "Catheter-related DVT", None, {"cause": "catheter"}),
        ("vasc.venous_any", DVT, "DVT", [{"text": "left arm"}], {"site": ARM}),
        ("neuro.stroke", "230690007", "Lacunar stroke", None, {"kind": "lacunar"}),
        ("neuro.stroke", "230690007", "Stroke", None, {}),
    ],
)  # fmt: skip
def test_what_words_and_body_site_narrow(
    fact_of: Any, make: Any, concept: str, value: str, text: str | None, body_site: Any, facets: dict[str, str]
) -> None:
    said = {"coding": [{"system": SNOMED, "code": value}]} | ({"text": text} if text else {})
    more = {} if body_site is None else {"bodySite": body_site}
    assert dict(fact_of(concept, {**make.condition(value), "code": said, **more}).facets) == facets
