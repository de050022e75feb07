"""A figure never stands without the way to its reason: found by its value, on every page, wherever it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act
from donors.core.clock import now
from donors.giving.gift_input import GiftInput
from donors.giving.models import Credit
from donors.levels.ladders import ladders
from donors.rollups.definition import Definition, Operation, Source, ValueKind
from donors.rollups.queries import figures_of
from donors.web.filters import money
from donors.workflows.gifts import record_gift
from tests.cast import ADA, sign_in
from tests.harness.house import House
from tests.harness.routes import open_ids, pages, secret_ids

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "path", "circle", "rect", "line"}
TOGETHER = {"tr", "li", "div", "p", "section", "article", "header", "page"}
"""What holds a figure and, if it is not linked itself, the link to its reason: a row, an item, a paragraph."""
ELSEWHERE = ("/why/", "/settings/rollups")
"""Where figures are explained themselves, or tried out before they are kept."""

Known = dict[str, tuple[str, set[str]]]
"""A sum in words → whose it is, and the keys of all figures of theirs that come to it."""


@dataclass
class Element:
    """An element of a page, as far as this test needs it."""

    tag: str
    href: str = ""
    above: "Element | None" = None
    parts: list["Element | str"] = field(default_factory=list)

    def each(self) -> Iterator["Element"]:
        """The element and all within it."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.each()

    @property
    def words(self) -> str:
        """Its own text."""
        return " ".join(part for part in self.parts if isinstance(part, str))

    def around(self) -> "Element":
        """The row or paragraph that it stands in."""
        here = self
        while here.tag not in TOGETHER and here.above is not None:
            here = here.above
        return here

    def leads_to(self, keys: set[str]) -> bool:
        """Whether it is a link to what it is made of, or the reason of one of these figures is linked beside it."""
        beside = (one.href.partition("?")[0] for one in self.around().each())
        return self._is_linked() or any(path.endswith(f"/why/{key}") for path in beside for key in keys)

    def _is_linked(self) -> bool:
        """A figure as of a day leads to its reason on that day, a sum of a report to the gifts in it."""
        return ("/why/" in self.href and "as_of=" in self.href) or self.href.startswith("/giving?")

    def is_near(self, name: str) -> bool:
        """Whether somebody is named near it."""
        return any(name in one.words for one in self.around().each())


class Page(HTMLParser):
    """Reads a page into elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = self.at = Element("page")
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, dict(attrs).get("href") or "", self.at)
        self.at.parts.append(made)
        if tag not in VOID:
            self.at = made

    def handle_endtag(self, tag: str) -> None:
        here: Element | None = self.at
        while here is not None and here.tag != tag:
            here = here.above
        if here is not None and here.above is not None:
            self.at = here.above

    def handle_data(self, data: str) -> None:
        self.at.parts.append(data)


def _of_several(one: Definition) -> bool:
    """Whether a figure is a sum of gifts, which may be told from each of them."""
    return one.value_kind is ValueKind.MONEY and one.operation is Operation.TOTAL and one.source is not Source.SOFT


@pytest.fixture
def known(session: Session, house: House) -> Known:
    """Every sum that is somebody's figure and nothing else. Several people stand on one level."""
    today, act = now().date(), Act(by=None, at=now(), through="cli")
    people = session.scalars(select(Constituent).where(Constituent.kind == "person").order_by(Constituent.id)).all()
    seen = [one for one in people if one.id != house.hidden and one.deleted_at is None]
    [*_, highest] = ladders(session)[0].bands
    assert highest.minimum is not None
    for place, one in enumerate(seen):
        first, second = 7_411_07 + place * 1_013_11, 3_207_53 + place * 711_17
        first = highest.minimum * 97 // 100 if place == 0 else first  # near the highest level
        for days, amount in ((20, first), (21, 1_07), (430, second), (431, 2_09)):  # no sum is that of one gift
            record_gift(session, GiftInput(one.id, amount, today - timedelta(days=days)), act=act, on=today)
    session.commit()
    alone = {credit // 100 for credit in session.scalars(select(Credit.base_amount))}
    found: Known = {}
    for one in seen:
        for figure in figures_of(session, one.id).values():
            value = figure.value
            if _of_several(figure.definition) and isinstance(value, int) and value // 100 not in {0, *alone}:
                found.setdefault(money(value), (one.name, set()))[1].add(figure.definition.key)
    session.rollback()
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_figure_stands_without_the_way_to_its_reason(
    app: Flask, client: FlaskClient, session: Session, house: House, known: Known
) -> None:
    sign_in(client, ADA)
    bare, shown = [], 0
    for rule, path in pages(app, open_ids(session, secret_ids(session, house))):
        answer = client.get(path) if not any(place in rule.rule for place in ELSEWHERE) else None
        if answer is None or answer.status_code != 200 or "html" not in answer.content_type:
            continue
        for one in Page(answer.text).root.each():
            for words, (name, keys) in known.items():
                if words in one.words or (words.partition(".")[0] in one.words and one.is_near(name)):
                    shown += 1
                    if not one.leads_to(keys):
                        bare.append(f"{path}: {words} of {name} ({sorted(keys)}) in {one.words.strip()[:80]}")
    assert shown > 10
    assert not bare, "\n".join(bare)
