"""A site's own codes for what has none of its own: minimal residual disease, lines of treatment."""

from __future__ import annotations

from pathlib import Path

LOCAL = "urn:example:laboratory"
MRD = "MRD"
INDUCTION = "INDUCTION"

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
"""


def site_file(folder: Path) -> Path:
    """The site's settings as a file."""
    path = folder / "site.yaml"
    path.write_text(_SITE, encoding="utf-8")
    return path
