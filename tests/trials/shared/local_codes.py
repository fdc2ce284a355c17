"""A site's own codes for what has none of its own: minimal residual disease, lines of treatment, CD5 and CD7 on the
blasts.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from trialsieve.rules.loader import load_rules
from trialsieve.rules.rule_book import RuleBook

LOCAL = "urn:example:laboratory"
MRD = "MRD"
INDUCTION = "INDUCTION"
CD5 = "CD5"
CD7 = "CD7"

_SITE = f"""\
concepts:
  lab.mrd:
    - system: "{LOCAL}"
      code: {MRD}
      label: Minimal residual disease
      role: definitive
      observation: true
      source: example
  med.treatment_lines:
    - system: "{LOCAL}"
      code: {INDUCTION}
      label: Induction chemotherapy
      role: definitive
      source: example
  marker.cd5:
    - system: "{LOCAL}"
      code: {CD5}
      label: CD5 on the blasts
      role: definitive
      observation: true
      source: example
  marker.cd7:
    - system: "{LOCAL}"
      code: {CD7}
      label: CD7 on the blasts
      role: definitive
      observation: true
      source: example
"""


@functools.cache
def book_with_local_codes() -> RuleBook:
    """The packaged rules with the site's codes; loaded once for all trials that are tested with them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(_SITE, encoding="utf-8")
        return load_rules(site=path)
