"""Tracks of every sort, and what happens to people on them, drawn at random; and what should come of it, in Python."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from donors.core.calendar import FiscalCalendar
from donors.core.criteria.evaluate import holds
from donors.core.criteria.parse import from_json
from donors.core.fields import FieldSet
from donors.core.settings import Organization
from donors.levels.track import LevelDraft, TrackDraft

START = date(2026, 3, 10)
MEASURE, BESIDE = "last_365_days_total", "gift_count"

named = {"field": "family_name", "operator": "equals", "value": "Ames"}
twice = {"field": BESIDE, "operator": "at least", "value": 2}
lately = {"field": "born_on", "operator": "at least", "value": "last 30 days"}
trees = st.sampled_from([None, named, twice, lately, {"any": [named, {"not": twice}]}])


@st.composite
def drafts(draw: st.DrawFn) -> TrackDraft:
    """A track of up to four levels."""
    edges = sorted(draw(st.sets(st.integers(0, 12), min_size=2, max_size=4)))
    ends = [*edges[1:], None]
    levels = [
        LevelDraft(f"Level {low}", low * 100, None if high is None else high * 100, criteria=draw(trees))
        for low, high in zip(edges, ends, strict=True)
    ]
    if draw(st.booleans()):
        levels.append(LevelDraft("Top", None, None, criteria=draw(trees.filter(bool))))
    falls = draw(st.sampled_from(["at once", "after days", "fiscal year", "never"]))
    return TrackDraft(
        "Drawn",
        MEASURE,
        tuple(levels),
        criteria=draw(trees),
        deceased=draw(st.sampled_from(["stand", "keep", "leave"])),
        anonymous=draw(st.sampled_from(["stand", "leave"])),
        falls=falls,
        grace_days=draw(st.integers(1, 40)) if falls == "after days" else 0,
    )


@dataclass(frozen=True)
class Step:
    """What is so from a day on: days since the last step; for each person what changes (column or figure → value);
    and what is ruled for whom: (person, kind, level's place, days or none)."""

    days: int
    changes: tuple[dict[str, Any], ...]
    ruling: tuple[int, str, int, int | None] | None = None


values = st.fixed_dictionaries(
    {},
    optional={
        MEASURE: st.one_of(st.none(), st.integers(0, 1_300)),
        BESIDE: st.one_of(st.none(), st.integers(0, 3)),
        "family_name": st.sampled_from(["Ames", "Bell"]),
        "born_on": st.one_of(st.none(), st.dates(date(2026, 2, 1), date(2026, 6, 1))),
        "is_deceased": st.booleans(),
        "is_anonymous": st.booleans(),
    },
)
rulings = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["freeze", "override", "exclude", "end"]),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(1, 60)),
)
steps = st.lists(
    st.builds(Step, st.integers(0, 45), st.tuples(values, values), st.one_of(st.none(), rulings)),
    min_size=1,
    max_size=9,
)


@dataclass
class Person:
    """Somebody on a drawn track as plain Python sees them."""

    values: dict[str, Any] = field(default_factory=lambda: {MEASURE: None, BESIDE: None, "family_name": "Bell"})
    level: int | None = None
    due: date | None = None
    by_hand: bool = False
    ruling: tuple[str, int, date | None] | None = None


@dataclass
class Model:
    """The rules in plain Python, written apart from the program: levels are places in the draft, from 0."""

    draft: TrackDraft
    fields: FieldSet
    here: Organization
    people: tuple[Person, Person] = field(default_factory=lambda: (Person(), Person()))
    on: date = START

    def take(self, step: Step) -> list[int | None]:
        """The levels after a step."""
        self.on += timedelta(step.days)
        for person, changes in zip(self.people, step.changes, strict=True):
            person.values |= changes
        self._rule(step)
        for person in self.people:
            self._settle(person)
        return [person.level for person in self.people]

    def _rule(self, step: Step) -> None:
        if step.ruling is None:
            return
        who, kind, place, days = step.ruling
        until = None if days is None else self.on + timedelta(days)
        self.people[who].ruling = None if kind == "end" else (kind, place % len(self.draft.levels), until)

    def _holds(self, tree: dict[str, Any] | None, person: Person) -> bool:
        if tree is None:
            return True
        parsed = from_json(tree, self.fields, self.here)
        return holds(parsed, person.values, self.fields, on=self.on, fiscal=FiscalCalendar())

    def _by_rules(self, person: Person) -> int | None:
        value, found = person.values[MEASURE], None
        for place, level in enumerate(self.draft.levels):
            if level.minimum is None and level.maximum is None:
                inside = True
            else:
                low, high = level.minimum or 0, level.maximum if level.maximum is not None else 10**9
                inside = value is not None and low <= value < high
            if inside and self._holds(level.criteria, person):
                found = place
        return found if self._holds(self.draft.criteria, person) else None

    def _settle(self, person: Person) -> None:
        dead, hidden = person.values.get("is_deceased"), person.values.get("is_anonymous")
        kind, place, until = person.ruling or ("", 0, None)
        if until is not None and until <= self.on:
            kind = ""
        if (dead and self.draft.deceased == "leave") or (hidden and self.draft.anonymous == "leave"):
            kind = "exclude"
        if kind == "exclude":
            person.level, person.due, person.by_hand = None, None, False
        elif kind == "override":
            person.level, person.due, person.by_hand = place, None, True
        elif kind == "freeze" or (dead and self.draft.deceased == "keep"):
            person.due, person.by_hand = None, False
        else:
            self._move(person, self._by_rules(person))

    def _move(self, person: Person, to: int | None) -> None:
        lower = person.level is not None and (to is None or to < person.level) and not person.by_hand
        person.by_hand = False
        if not lower or self.draft.falls == "at once":
            person.level, person.due = to, None
        elif self.draft.falls != "never":
            year = date(self.on.year + 1, 1, 1)
            first = self.on + timedelta(self.draft.grace_days) if self.draft.falls == "after days" else year
            person.due = person.due or first
            if person.due <= self.on:
                person.level, person.due = to, None
