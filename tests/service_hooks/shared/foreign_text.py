"""Text that tries to be markup, and what a renderer of GFM makes of a document."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])

# What GFM's autolink extension looks for, in the text that is left when everything else has been read: cmark-gfm looks
# for e-mail addresses after it has taken the backslashes away, and other renderers for all of these.
AUTOLINK = re.compile(r"(?:https?|ftp)://|\bwww\.|[\w.+-]@[\w-]", re.IGNORECASE)

SPICE = [
    *("<b>", "</script>", "<!--", "]]>", "![i](u)", "[l](u)", "[r]: u", "[x]", "[^1]", "<img src=x onerror=alert(1)>"),
    *("`", "```", "~~~", "~~", "**", "__", "_", "|", "|-|-|", "\\", "# ", "- ", "1. ", "1) ", "> ", "+ ", "* ", "==="),
    *(
        "---",
        "&lt;",
        "&#60;",
        "&amp;",
        "$x$",
        "{{7*7}}",
        "\n",
        "\r\n",
        "\u2028",
        "    ",
        "\t",
        "\0",
        "\ud800",
        "\u202e",
    ),
    *("http://a.example", "HTTPS://a.example", "www.a.example", "WWW.A.example", "ftp://a.example", "a@b.example"),
    *("mailto:a@b.example", "<http://a.example>", "<a@b.example>", "javascript:alert(1)", "\u200b"),
]

texts = st.lists(st.one_of(st.sampled_from(SPICE), st.text(max_size=8)), max_size=12).map("".join)


def tokens(markdown: str) -> list[Token]:
    """Every token of a document, those inside lines too."""
    found: list[Token] = []
    for token in GFM.parse(markdown):
        found += [token, *(token.children or [])]
    return found


def seen(markdown: str) -> str:
    """The text that a reader sees."""
    return "".join(token.content for token in tokens(markdown) if token.type in {"text", "text_special"})
