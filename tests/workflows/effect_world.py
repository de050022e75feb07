"""A small world for tests of effects: a track, people, and ways to move them from level to level."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.levels.decide import Band, Change
from donors.levels.effects.queries import bands_by_id
from donors.levels.models import Effect, EffectRun, Level, Standing, Track
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.begin import begin
from donors.workflows.effects import run_effects

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")


class World:
    """A track of two levels, some people, and ways to move them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.change = open_change(session, "test", act=ACT)
        begin(session, within=self.change)
        self.track = session.scalars(select(Track).order_by(Track.position)).first()
        assert self.track is not None
        levels = session.scalars(select(Level).where(Level.track_id == self.track.id).order_by(Level.position)).all()
        self.levels = {level.name: level.id for level in levels}
        self.bands = bands_by_id(session, set(self.levels.values()))
        self.template = create(
            session, TemplateDraft("Welcome", (Draft("Call", 3), Draft("Write", 9))), within=self.change
        )

    def person(self, name: str = "Anna", **more: Any) -> int:
        """A person without level."""
        row = Constituent(kind="person", name=name, sort_name=name, **more)
        return insert(self.session, row, within=self.change).id

    def user(self, name: str, **more: Any) -> int:
        """An officer."""
        row = User(email=f"{name}@example.org".lower(), name=name, role="officer", **more)
        return insert(self.session, row, within=self.change).id

    def effect(self, occasion: str, act: str, level: str | None = "Patron", **more: Any) -> Effect:
        """An effect of a level, or of every level."""
        level_id = self.levels[level] if level else None
        row = Effect(track_id=self.track.id, level_id=level_id, occasion=occasion, act=act, **more)
        return insert(self.session, row, within=self.change)

    def band(self, name: str | None) -> Band | None:
        """A level by its name."""
        return self.bands[self.levels[name]] if name else None

    def changed(self, one: int, old: str | None, new: str | None, within: ChangeSet) -> Change:
        """A change of level, with the standing that it begins (or ended)."""
        standing = Standing(
            constituent_id=one,
            track_id=self.track.id,
            level_id=self.levels[new or old or ""],
            from_on=TODAY,
            to_on=TODAY,
            recorded_at=AT,
            cause="gift",
            rule_version=1,
        )
        insert(self.session, standing, within=within)
        return Change(one, self.track.id, self.track.name, self.band(old), self.band(new))

    def moved(self, *ids: int, old: str | None = "Friend", new: str | None = "Patron", on: date = TODAY) -> ChangeSet:
        """Moves people and runs what follows."""
        within = open_change(self.session, "move", act=ACT)
        run_effects(self.session, [self.changed(one, old, new, within) for one in ids], on=on, within=within)
        return within

    def outcomes(self) -> list[str]:
        """What became of all effects so far, in order."""
        return list(self.session.scalars(select(EffectRun.outcome).order_by(EffectRun.id)))
