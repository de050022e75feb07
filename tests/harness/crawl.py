"""A walk over pages: every link that leads to another kind of page is followed."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from html import unescape
from urllib.parse import urldefrag, urljoin

from flask.testing import FlaskClient

LINK = re.compile(r'\b(?:href|src|data-href)="([^"]*)"')
# The page of samples links to itself in every way that a link can look.
LEFT_OUT = re.compile(r"/static/|/accounts/sign-out|/style\?")
ALIKE = 3
"""How many addresses are opened that differ in their numbers, or in what their parameters say, only."""


def walk(
    client: FlaskClient,
    starts: Iterable[str],
    *,
    each: Callable[[str, str, int], None],
    limit: int = 500,
) -> int:
    """Opens the starts and what they lead to, and gives `each` the address, text and status. Returns how many."""
    waiting, known, kinds, opened = list(starts), set[str](), Counter[str](), 0
    known.update(waiting)
    while waiting and opened < limit:
        address = waiting.pop(0)
        answer = client.get(address)
        opened += 1
        each(address, answer.get_data(as_text=True) if is_text(answer.content_type) else "", answer.status_code)
        if answer.location:
            found = [answer.location]
        elif answer.content_type.startswith("text/html"):
            found = [unescape(link) for link in LINK.findall(answer.text)]
        else:
            continue
        for link in found:
            there = urldefrag(urljoin(address, link)).url
            kind = re.sub(r"=[^&]*|\d+", "#", there)
            if there.startswith("/") and there not in known and not LEFT_OUT.match(there) and kinds[kind] < ALIKE:
                known.add(there)
                kinds[kind] += 1
                waiting.append(there)
    return opened


def is_text(content_type: str | None) -> bool:
    """Whether an answer can be searched for words."""
    return bool(content_type) and any(word in str(content_type) for word in ("text", "json", "xml", "csv"))
