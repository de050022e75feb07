"""Criteria, grace and rulings on both databases: one by one, all at once and in plain Python the same."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, JournalEntry, insert, open_change
from donors.core.fields import REGISTRY
from donors.core.settings import Organization
from donors.levels.assign import Because, assign
from donors.levels.everybody import assign_range
from donors.levels.ladders import ladders
from donors.levels.models import Ruling, Standing, Track
from donors.levels.queries import Past, history, level_on
from donors.levels.rulings import RulingDraft, end_ruling, make_ruling, ruling_of
from donors.levels.track import TrackDraft, create_track
from donors.levels.why import BECAUSE
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definition
from donors.workflows.begin import begin
from tests.levels.drawn import BESIDE, MEASURE, START, Model, Step, drafts, steps

ACT = Act(by=None, at=datetime.combine(START, time(12), UTC), through="cli")


PEOPLE = ("Anna", "Ben")


@pytest.fixture
def people(session: Session) -> list[int]:
    """Two people without figures yet, and no other track; committed."""
    change = open_change(session, "test", act=ACT)
    begin(session, within=change)
    session.execute(update(Track).values(is_active=False))
    made = [Constituent(kind="person", name=name, sort_name=name, family_name="Bell") for name in PEOPLE]
    ids = [insert(session, one, within=change).id for one in made]
    session.execute(rollup_value.insert(), [{"constituent_id": one, "computed_on": START} for one in ids])
    session.commit()
    return ids


@given(draft=drafts(), taken=steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 3)
def test_all_are_settled_as_one_by_one_and_as_in_python(
    session: Session, people: list[int], draft: TrackDraft, taken: list[Step]
) -> None:
    alone, together = (Played(session, people, draft).play(taken, many=many) for many in (False, True))
    assert alone == together
    model = Model(draft, REGISTRY.fields(session, "constituent"), Organization())
    assert alone[0] == [model.take(step) for step in taken]


@given(draft=drafts(), taken=steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 5)
def test_replaying_the_causes_gives_the_level_of_any_day(
    session: Session, people: list[int], draft: TrackDraft, taken: list[Step]
) -> None:
    played = Played(session, people, draft)
    model = Model(draft, REGISTRY.fields(session, "constituent"), Organization())
    levels = {}
    for step in taken:
        played.step(step, many=False)
        levels[played.on] = model.take(step)
    for one, who in enumerate(people):
        replayed = Replay(history(session, who))
        for day in (START + timedelta(days) for days in range((played.on - START).days + 1)):
            name = level_on(session, who, played.track, day)
            assert replayed.level(day) == name
            if day in levels:
                place = levels[day][one]
                assert name == (None if place is None else draft.levels[place].name)
    session.rollback()


class Replay:
    """Changes of level by their causes, one after the other."""

    def __init__(self, spans: list[Past]) -> None:
        self.changes: list[tuple[date, str | None]] = []
        for past in reversed(spans):
            row = past.standing
            assert row.cause in BECAUSE
            assert not self.changes or self.changes[-1][0] <= row.from_on
            self.changes.append((row.from_on, past.level))
            if row.to_on is not None:
                assert row.ended_by in BECAUSE
                self.changes.append((row.to_on, None))

    def level(self, on: date) -> str | None:
        """The level at the end of a day."""
        return next((level for day, level in reversed(self.changes) if day <= on), None)


class Played:
    """The steps as the program takes them."""

    def __init__(self, session: Session, people: list[int], draft: TrackDraft) -> None:
        session.rollback()
        session.expunge_all()
        self.session, self.people, self.on = session, people, START
        self.track = create_track(session, draft, within=open_change(session, "test", act=ACT)).id
        self.slots = {key: slot_column(definition(session, key).slot) for key in (MEASURE, BESIDE)}

    def play(self, taken: list[Step], *, many: bool) -> list[Any]:
        """The levels after each step, and all that was written."""
        levels = [self.step(step, many=many) for step in taken]
        written = self._written()
        self.session.rollback()
        return [levels, *written]

    def step(self, step: Step, *, many: bool) -> list[int | None]:
        """The levels after it, by their places."""
        self.on += timedelta(step.days)
        within = open_change(self.session, "step", act=ACT)
        for one, changes in zip(self.people, step.changes, strict=True):
            self._change(one, changes)
        if step.ruling is not None:
            self._rule(step, within)
        self.session.flush()
        because = Because("time", self.on)
        if many:
            assign_range(self.session, low=0, high=max(self.people), because=because, within=within)
        else:
            assign(self.session, self.people, because=because, within=within)
        self.session.expire_all()
        return [self._place(one) for one in self.people]

    def _change(self, one: int, changes: dict[str, Any]) -> None:
        figures = {self.slots[key]: value for key, value in changes.items() if key in self.slots}
        columns = {key: value for key, value in changes.items() if key not in self.slots}
        if figures:
            mine = rollup_value.c.constituent_id == one
            self.session.execute(rollup_value.update().where(mine).values(figures))
        if columns:
            self.session.execute(update(Constituent).where(Constituent.id == one).values(columns))

    def _rule(self, step: Step, within: Any) -> None:
        assert step.ruling is not None
        who, kind, place, days = step.ruling
        one, bands = self.people[who], ladders(self.session)[0].bands
        if kind == "end":
            now = ruling_of(self.session, one, self.track, on=self.on)
            if now is not None:
                end_ruling(self.session, now, within=within, on=self.on)
            return
        until = None if days is None else self.on + timedelta(days)
        level = bands[place % len(bands)].id if kind == "override" else None
        draft = RulingDraft(kind, "drawn", level, until)
        make_ruling(self.session, one, self.track, draft, within=within, on=self.on)

    def _place(self, one: int) -> int | None:
        here = select(Standing.level_id).where(Standing.constituent_id == one, Standing.to_on.is_(None))
        level = self.session.scalar(here.where(Standing.track_id == self.track))
        return None if level is None else [band.id for band in ladders(self.session)[0].bands].index(level)

    def _written(self) -> list[Any]:
        names = (
            *("constituent_id", "level_id", "from_on", "to_on", "cause", "ended_by", "measure", "rule_version"),
            *("version", "falls_on", "falls_to_id", "ruling_id", "ended_rule_version"),
        )
        rows = self.session.execute(select(*(Standing.__table__.c[name] for name in names)))
        ids = self.session.scalars(select(Ruling.id).order_by(Ruling.id)).all()
        first = min(band.id for band in ladders(self.session)[0].bands)
        standings = []
        for row in rows:
            to, ruling = row.falls_to_id and row.falls_to_id - first, row.ruling_id and ids.index(row.ruling_id)
            rest = (row.level_id - first, to, ruling, row.falls_on, row.ended_rule_version)
            standings.append(str((self.people.index(row.constituent_id), *row[2:9], *rest)))
        entries = select(JournalEntry.act, JournalEntry.version, JournalEntry.before)
        found = self.session.execute(entries.where(JournalEntry.table_name == "standing"))
        return [sorted(standings), sorted(str((row.act, row.version, sorted(row.before))) for row in found)]
