"""What a browser may do with a page, and that it can be read by whoever does not see it well."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from typing import Any

import pytest
from hook_client import EXAMPLES, HookClient
from shown_pages import Page, screened


@pytest.fixture(params=["/", "/explanations/x", "explanation"])
def any_page(request: pytest.FixtureRequest, client: HookClient) -> Any:
    if request.param != "explanation":
        return client.get(request.param)
    return client.get(screened(client, "NCT07120607/faulty-results")[1])


def test_a_page_is_neither_stored_nor_told_of(any_page: Any) -> None:
    assert any_page.headers["cache-control"] == "no-store"
    assert any_page.headers["referrer-policy"] == "no-referrer"
    assert any_page.headers["x-content-type-options"] == "nosniff"
    policy = any_page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_a_page_fetches_nothing(any_page: Any) -> None:
    page = Page(any_page.text)
    for tag in ("script", "img", "link", "iframe", "form", "object", "embed", "base"):
        assert page.named(tag) == []
    assert not [attributes for _, attributes in page.tags if "style" in attributes or "src" in attributes]
    assert "url(" not in any_page.text
    assert "@import" not in any_page.text
    assert all(link["rel"] == "noopener noreferrer" for link in page.named("a") if "example" in str(link["href"]))


def test_the_style_in_the_page_is_the_one_that_is_allowed(any_page: Any) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", any_page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in any_page.headers["content-security-policy"]


def test_a_page_can_be_read_without_seeing_it(any_page: Any) -> None:
    page = Page(any_page.text)
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("title")) == len(page.named("h1")) == len(page.named("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(below - above <= 1 for above, below in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [link["href"] for link in page.named("a") if str(link["href"]).startswith("#")]
    assert {str(target)[1:] for target in targets} <= set(ids)
    labels = [str(attributes["aria-labelledby"]) for _, attributes in page.tags if "aria-labelledby" in attributes]
    assert set(labels) <= set(ids)
    assert all(cell.get("scope") in {"col", "row"} for cell in page.named("th"))


def luminance(colour: str) -> float:
    """WCAG 2: relative luminance of #rrggbb."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *((ink, "page") for ink in ("ink", "quiet", "link", "good", "bad", "open")),
        *(("ink", paper) for paper in ("box", "good-box", "bad-box", "open-box")),
        ("good", "good-box"),
        ("bad", "bad-box"),
        ("open", "open-box"),
    ],
)
def test_letters_stand_out_from_what_they_stand_on(theme: int, ink: str, paper: str) -> None:
    style = (EXAMPLES.parent / "service/pages/templates/style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style.split(":root")[theme + 1]))
    light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
