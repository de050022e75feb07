"""Events: what a start rule can wait for. Parts register theirs; nothing here knows what a gift or a pledge is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from donors.core.hours import to_hours
from donors.core.money import to_decimal

MONEY, DAYS, HOURS = "money", "days", "hours"


@dataclass(frozen=True)
class Ask:
    """A number that a rule must say: minor units, days, or minutes that people type as hours."""

    name: str
    label: str
    kind: str
    least: int = 1
    most: int = 10**15


@dataclass(frozen=True)
class Happening:
    """That something happened to a constituent on a day. The key tells it from all others of its event."""

    constituent_id: int
    key: str
    on: date


@dataclass(frozen=True)
class Window:
    """The days whose happenings count, both included."""

    since: date
    until: date


Numbers = Mapping[str, int]
Which = Callable[[Any], ColumnElement[bool]]
"""Turns a column of constituents' ids into the condition that it is about those who are looked at."""
Find = Callable[[Session, Numbers, Window, Which], Iterable[Happening]]
"""Finds what happened within the days to these constituents, by facts alone, in few statements: the same happening has
the same key whenever it is found."""


@dataclass(frozen=True)
class Event:
    """A kind of happening. `phrase` names one of a rule, with the rule's numbers: “gift of {amount} or more”.

    `by_time`: no act brings it about, so only the night looks for it.
    """

    key: str
    label: str
    phrase: str
    find: Find
    asks: tuple[Ask, ...] = ()
    by_time: bool = False

    def words(self, numbers: Numbers, *, currency: str) -> str:
        """The happening of a rule in words."""
        told = {ask.name: _told(ask.kind, numbers.get(ask.name, 0), currency) for ask in self.asks}
        return self.phrase.format_map(told)


def _told(kind: str, value: int, currency: str) -> str:
    if kind == MONEY:
        return f"{to_decimal(value, currency):,f}"
    return f"{to_hours(value).normalize():,f}" if kind == HOURS else f"{value:,}"


class Events:
    """All events that are registered, in the order in which pages offer them."""

    def __init__(self) -> None:
        self._known: dict[str, Event] = {}

    def add(self, *events: Event) -> None:
        """Registers events; one that is known by its key already is replaced."""
        self._known |= {event.key: event for event in events}

    def get(self, key: str) -> Event | None:
        """The event with a key; none where the part that knew it is gone."""
        return self._known.get(key)

    def all(self) -> tuple[Event, ...]:
        """Every event."""
        return tuple(self._known.values())


EVENTS = Events()
"""The events of this program; `app.py` fills it."""
