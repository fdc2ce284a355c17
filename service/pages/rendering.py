"""Pages from templates: escaped, self-contained, and shown by a browser that may fetch nothing for them."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from fastapi import Response
from jinja2 import DictLoader, Environment, StrictUndefined

from trialsieve import __version__
from trialsieve.service.hooks.markdown import seen
from trialsieve.service.text.words import ADVICE

_TEMPLATES = files("trialsieve.service.pages") / "templates"
_NAMES = ("page.html", "start.html", "explanation.html", "criterion.html", "message.html")


def page(name: str, status: int = 200, **values: object) -> Response:
    """A page of that template. It is never stored, sends no referrer and runs no script."""
    text = _environment().get_template(name).render(**values)
    return Response(text, status, headers(), media_type="text/html")


def message(status: int, title: str, *sentences: str) -> Response:
    """A page that says why there is no other."""
    return page("message.html", status, title=title, sentences=sentences)


@cache
def headers() -> dict[str, str]:
    """What every page is sent with. The one style sheet is in the page, and allowed by its hash."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "; ".join(policy),
        "Content-Language": "en",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({name: (_TEMPLATES / name).read_text(encoding="utf-8") for name in _NAMES}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(style=_style(), version=__version__, advice=ADVICE)
    return environment


def _seen(value: object) -> object:
    return seen(value) if value.__class__ is str else value  # what is markup already is ours


@cache
def _style() -> str:
    return (_TEMPLATES / "style.css").read_text(encoding="utf-8")
