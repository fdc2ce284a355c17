#!/usr/bin/env python3
"""Prints what a call of `trialsieve serve` by hand needs where it wants tokens: docs/connect-ehr.md shows how.

`keys` prints a JSON Web Key Set with the public key, for `jwks_file` of a trusted client; the key pair is made when it
is first needed, and its private part stays in the folder. `token URL` prints a token for one call of that URL, which
counts once and lives two minutes. For trying it out; a client that answers for patients keeps its keys better.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ehr_parts.signing import Signer, kept_key


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what is asked for; 0."""
    options = _parser().parse_args(arguments)
    signer = Signer(options.issuer, kept_key(options.folder))
    print(json.dumps(signer.jwks, indent=2) if options.what == "keys" else signer.token(options.url))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2], allow_abbrev=False)
    parser.add_argument("--issuer", default="https://ehr.example.org", metavar="TEXT", help="the claim iss")
    parser.add_argument(
        "--folder", type=Path, default=Path("~/by-hand").expanduser(), help="where the key pair is kept"
    )
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("keys", help="the public key, as a JSON Web Key Set")
    what.add_parser("token", help="a token for one call").add_argument("url", help="public_url and the path called")
    return parser


if __name__ == "__main__":
    sys.exit(main())
