"""Tables of tracks, levels, standings and rulings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Json, Minor, Recorded

ALL = "all"
STAND, KEEP, LEAVE = "stand", "keep", "leave"
"""What becomes of deceased or anonymous constituents: they stand as others do, keep their level as it is, or leave."""
AT_ONCE, AFTER_DAYS, FISCAL_YEAR, NEVER = "at once", "after days", "fiscal year", "never"
FALLS = (AT_ONCE, AFTER_DAYS, FISCAL_YEAR, NEVER)
"""When somebody falls whom the rules put lower: at once, after so many days, when the fiscal year is over, never."""
FREEZE, OVERRIDE, EXCLUDE = "freeze", "override", "exclude"
RULINGS = (FREEZE, OVERRIDE, EXCLUDE)


class Track(Editable, Base):
    """A ladder of levels over one measure, for persons, households or organizations.

    `target` names the kinds of constituents that stand on it (person, household, or all); `criteria` is the stored
    form of a tree over fields of constituents that somebody must meet to have a level (none: nothing beyond the bands).
    `deceased` and `anonymous` say what becomes of such constituents, `falls` when a downgrade takes effect, with
    `grace_days` where it is after days. `rule_version` is the number of its newest TrackVersion.
    """

    __tablename__ = "track"

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    target: Mapped[str] = mapped_column(default=ALL)
    criteria: Mapped[dict[str, Any] | None]
    deceased: Mapped[str] = mapped_column(default=STAND)
    anonymous: Mapped[str] = mapped_column(default=STAND)
    falls: Mapped[str] = mapped_column(default=AT_ONCE)
    grace_days: Mapped[int] = mapped_column(default=0)
    measure_id: Mapped[int] = mapped_column(ForeignKey("rollup_definition.id"))
    position: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)
    rule_version: Mapped[int] = mapped_column(default=1)


class Level(Editable, Base):
    """A named band of a track: minimum included, maximum not; the highest position that matches wins.

    With `criteria` it is for those only who meet them; without bounds it is by criteria alone.
    """

    __tablename__ = "level"
    __table_args__ = (
        Index("uq_level_track_id_name", "track_id", "name", unique=True),
        CheckConstraint("minimum IS NULL OR maximum IS NULL OR minimum < maximum", name="band"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    name: Mapped[str]
    position: Mapped[int]
    minimum: Mapped[Minor | None]
    maximum: Mapped[Minor | None]
    criteria: Mapped[dict[str, Any] | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class TrackVersion(Recorded, Base):
    """The rules of a track as they stood from a change set on: `rules` holds all that decides who stands where."""

    __tablename__ = "track_version"
    __table_args__ = (Index("uq_track_version_track_id_number", "track_id", "number", unique=True),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    number: Mapped[int]
    rules: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]


class Standing(Editable, Base):
    """A constituent's level on a track from a day until the day before `to_on` (none: now).

    `cause` says what brought it and `ended_by` what took it away (why.BECAUSE names them all); `cause_gift_id`
    names the gift where there is one; `measure` is the figure that decided it; `rule_version` and `ended_rule_version`
    are the versions of the rules that did so. `falls_on` is the first day on a lower level, `falls_to_id` (none: no
    level), unless the figure rises again before. `ruling_id` is the freeze or override that holds it.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index(
            "uq_standing_current",
            "constituent_id",
            "track_id",
            unique=True,
            sqlite_where=text("to_on IS NULL"),
            postgresql_where=text("to_on IS NULL"),
        ),
        Index("ix_standing_constituent_id_track_id", "constituent_id", "track_id"),
        Index("ix_standing_track_id_level_id_to_on", "track_id", "level_id", "to_on"),
        Index(
            "ix_standing_track_id_falls_on",
            "track_id",
            "falls_on",
            sqlite_where=text("falls_on IS NOT NULL"),
            postgresql_where=text("falls_on IS NOT NULL"),
        ),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    level_id: Mapped[int] = mapped_column(ForeignKey("level.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    cause: Mapped[str]
    cause_gift_id: Mapped[int | None]
    ended_by: Mapped[str | None]
    measure: Mapped[Minor | None]
    rule_version: Mapped[int]
    ended_rule_version: Mapped[int | None]
    falls_on: Mapped[date | None]
    falls_to_id: Mapped[int | None]
    ruling_id: Mapped[int | None]


class Effect(Editable, Base):
    """What follows when somebody's level changes: an act, on an occasion, of one level or of every level of its track.

    Occasion and act are words of `effects.decide`. `template_id` names the plan to start; `words` is the subject of a
    task or what a notice adds, `days` until the task is due; `to_officer` and `users` say who is told, and for a task
    `users` who does it where nobody is in charge. `once`: once for a constituent; `cool_down`: the days after a run
    within which it does not run again for them.
    """

    __tablename__ = "level_effect"
    __table_args__ = (
        CheckConstraint("occasion IN ('reach', 'leave', 'rise', 'fall')", name="occasion"),
        CheckConstraint("act IN ('start plan', 'stop plans', 'task', 'notice')", name="act"),
        CheckConstraint("days >= 0 AND cool_down >= 0", name="days"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    level_id: Mapped[int | None] = mapped_column(ForeignKey("level.id"))
    occasion: Mapped[str]
    act: Mapped[str]
    template_id: Mapped[int | None] = mapped_column(ForeignKey("plan_template.id"))
    words: Mapped[str] = mapped_column(default="")
    days: Mapped[int] = mapped_column(default=0)
    to_officer: Mapped[bool] = mapped_column(default=False)
    users: Mapped[list[int]] = mapped_column(Json, default=list)
    once: Mapped[bool] = mapped_column(default=False)
    cool_down: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class EffectRun(Editable, Base):
    """What became of an effect for one constituent: done, refused, once, cool-down or failed, with the reason in `why`.

    `from_level_id` and `to_level_id` are the change of level (none: no level), `standing_id` the standing that it
    began, or the one that it ended where none began. `plan_id` and `task_id` are what it made.
    """

    __tablename__ = "level_effect_run"
    __table_args__ = (
        Index("ix_level_effect_run_constituent_id", "constituent_id", "effect_id"),
        Index(
            "ix_level_effect_run_failed",
            "effect_id",
            sqlite_where=text("outcome = 'failed'"),
            postgresql_where=text("outcome = 'failed'"),
        ),
        CheckConstraint("outcome IN ('done', 'refused', 'once', 'cool-down', 'failed')", name="outcome"),
    )

    effect_id: Mapped[int] = mapped_column(ForeignKey("level_effect.id"))
    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    standing_id: Mapped[int] = mapped_column(ForeignKey("standing.id"), index=True)
    from_level_id: Mapped[int | None] = mapped_column(ForeignKey("level.id"))
    to_level_id: Mapped[int | None] = mapped_column(ForeignKey("level.id"))
    ran_on: Mapped[date]
    outcome: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("running_plan.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)


class Notice(Recorded, Base):
    """That a user is told of a change of level: on Today until it was seen, and in one mail a day for each effect.

    `seen_on` and `mailed_on` say when the program spoke and was heard, not what anybody recorded: they have no
    before-image.
    """

    __tablename__ = "level_notice"
    __table_args__ = (
        Index("ix_level_notice_user_id", "user_id", "seen_on"),
        Index(
            "ix_level_notice_to_mail",
            "user_id",
            sqlite_where=text("mailed_on IS NULL"),
            postgresql_where=text("mailed_on IS NULL"),
        ),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("level_effect_run.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    seen_on: Mapped[date | None]
    mailed_on: Mapped[date | None]


class Ruling(Editable, Base):
    """What was decided by hand for one constituent on a track, from a day until the day before `to_on` (none: open).

    `kind` is freeze (the level does not move), override (the level is `level_id`) or exclude (no level at all).
    At most one is in force on a day.
    """

    __tablename__ = "ruling"
    __table_args__ = (
        Index("ix_ruling_constituent_id_track_id", "constituent_id", "track_id"),
        Index("ix_ruling_track_id", "track_id"),
        CheckConstraint("kind IN ('freeze', 'override', 'exclude')", name="kind"),
        CheckConstraint("(kind = 'override') = (level_id IS NOT NULL)", name="level"),
        CheckConstraint("to_on IS NULL OR from_on <= to_on", name="order"),
    )

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    kind: Mapped[str]
    level_id: Mapped[int | None] = mapped_column(ForeignKey("level.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
