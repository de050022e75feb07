"""Trying a definition before it is kept: its figure for three people with the rows behind it, and what would follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from wtforms import Field, Form, StringField

from donors.constituents.queries import constituents
from donors.core.db import Session
from donors.core.paging import Paging, Sort
from donors.reports.rollup_effects import Effects, effects
from donors.rollups.definition import Definition, ValueKind
from donors.rollups.owned import names_of
from donors.rollups.owners import OWNERS
from donors.rollups.queries import Reason, Value, definitions, reasons
from donors.rollups.rehearse import Difference, Rehearsal, Spread, preview, rehearse
from donors.rollups.returned import Told, tells, told
from donors.rollups.targets import OF_MANY, Target
from donors.segments.members import Wanted, members
from donors.web.charts.bars import Bars, Item, bars
from donors.web.choose import Choice, choice
from donors.web.figures import figure_here
from donors.web.session import viewer

MOST_ROWS = 12
PLACES = ("person_1", "person_2", "person_3")
DRAWN = (ValueKind.MONEY, ValueKind.COUNT, ValueKind.MINUTES, ValueKind.NUMBER)
"""Kinds that have a zero to draw bars from."""


class People(Form):
    """Whom a definition is tried on."""

    person_1 = StringField("First person")
    person_2 = StringField("Second person")
    person_3 = StringField("Third person")


@dataclass(frozen=True)
class Tried:
    """The figure of one of them and the rows behind it, newest first; `more` are not shown."""

    id: int
    name: str
    value: Value | Told
    rows: tuple[Reason, ...]
    more: int


@dataclass(frozen=True)
class WhatIf:
    """What keeping the definition would do; `names` are those of the largest changes whom the viewer may see.

    `was` and `would_be`: what the definition tells of the rows that these figures name.
    """

    found: Rehearsal
    effects: Effects
    names: Mapping[int, str]
    chart: Bars | None
    was: Mapping[int, Told]
    would_be: Mapping[int, Told]

    @property
    def seen(self) -> list[Difference]:
        """The largest changes of people whom the viewer may see."""
        return [each for each in self.found.largest if each.owner_id in self.names]


@dataclass(frozen=True)
class Triers:
    """Three on whom a definition is tried: people in finders, or others out of `offered`, by id and name."""

    people: tuple[tuple[Field, Choice], ...]
    offered: Mapping[int, str]
    named: tuple[int, ...] = ()

    @property
    def who(self) -> dict[int, str]:
        """Their names by id."""
        if self.offered:
            return {id_: self.offered[id_] for id_ in self.named}
        return dict(each.chosen for _, each in self.people if each.chosen)


def chosen(session: Session, whose: Target, values: Mapping[str, str], *, on: date) -> Triers:
    """Whom the form names, in three places; those with most gifts, or the first by name, where it names nobody."""
    if whose in OF_MANY:
        offered = names_of(session, OWNERS[whose])
        said = [int(values[place]) for place in PLACES if values.get(place, "").isdecimal()]
        named = [id_ for id_ in dict.fromkeys(said) if id_ in offered] or list(offered)[: len(PLACES)]
        return Triers((), offered, tuple(named))
    choices = [choice(session, values, name) for name in PLACES]
    known = {each.id for each in choices}
    waiting = (each for each in _with_most_gifts(session, on=on) if each[0] not in known)
    found = [each if each.said else Choice(next(waiting, None)) for each in choices]
    return Triers(tuple(zip(People(), found, strict=True)), {})


def _with_most_gifts(session: Session, *, on: date) -> list[tuple[int, str]]:
    by = "gift_count" if any(one.key == "gift_count" for one in definitions(session)) else "id"
    paging = Paging(1, 2 * len(PLACES), (Sort(by, descending=by == "gift_count"),))
    found = members(session, Wanted((by,)), paging, sees=viewer().sees, on=on)
    return [(row.id, row.name) for row in found.rows]


def tried(session: Session, one: Definition, people: Triers, *, on: date) -> list[Tried]:
    """The definition, tried on three. Raises Invalid."""
    who = people.who
    values = preview(session, one, who, on=on)
    found = []
    for id_, name in who.items():
        rows = reasons(session, one, id_, on=on)
        found.append(Tried(id_, name, tells(session, one, values.get(id_)), rows[:MOST_ROWS], len(rows[MOST_ROWS:])))
    return found


def what_if(session: Session, one: Definition, *, on: date) -> WhatIf:
    """What keeping the definition would do. Writes nothing. Raises Invalid."""
    found = rehearse(session, one, on=on)
    if one.target in OF_MANY:
        names = names_of(session, OWNERS[one.target])
    else:
        people = constituents(session, [each.owner_id for each in found.largest], sees=viewer().sees)
        names = {id_: row.name for id_, row in people.items()}
    now = next((each for each in definitions(session, one.target.owner) if each.key == one.key), one)
    return WhatIf(
        found,
        effects(session, one, on=on),
        names,
        spread_chart(one, found.before, found.after),
        was=told(session, now, (each.before for each in found.largest)),
        would_be=told(session, one, (each.after for each in found.largest)),
    )


def spread_chart(one: Definition, before: Spread, after: Spread) -> Bars | None:
    """The quarters after, each with a line for before; none for days, years and rows, and where nothing is left."""
    if one.value_kind not in DRAWN or not after.count:
        return None
    places = (
        ("A quarter is below", before.quarter, after.quarter),
        ("Half is below", before.median, after.median),
        ("Three quarters", before.three_quarters, after.three_quarters),
    )
    items = [
        Item(name, now or 0, figure_here(one, now), tone="accent", goal=None if was is None else float(was))
        for name, was, now in places
    ]
    return bars(items, width=520)
