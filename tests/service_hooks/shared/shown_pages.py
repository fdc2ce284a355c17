"""A page as its tests read it, and how they come to one."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from hook_client import HookClient, example


class Page(HTMLParser):
    """A page's tags, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def screened(client: HookClient, name: str, **body: Any) -> tuple[dict[str, Any], str]:
    """A patient's result for the trial of its folder, and the path of its page."""
    trial = name.partition("/")[0]
    response = client.post(f"/screen?trial={trial}&as_of=2026-11-20", json={**example(name), **body})
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()["results"][0]
    link = urlsplit(result["link"])
    return result, f"{link.path}?{link.query}" if link.query else link.path
