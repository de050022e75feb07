"""Tables of tracks, levels and standings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, Editable, Minor, Recorded


class Track(Editable, Base):
    """A ladder of levels over one measure, for persons, households or organizations.

    `target` names the kinds of constituents that stand on it (person, household, or all). `rule_version` is the
    number of its newest TrackVersion.
    """

    __tablename__ = "track"

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    target: Mapped[str] = mapped_column(default="all")
    measure_id: Mapped[int] = mapped_column(ForeignKey("rollup_definition.id"))
    position: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)
    rule_version: Mapped[int] = mapped_column(default=1)


class Level(Editable, Base):
    """A named band of a track: minimum included, maximum not; the highest position that matches wins.

    `plan_template_id` is the plan that starts when somebody reaches the level from below.
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
    is_active: Mapped[bool] = mapped_column(default=True)
    plan_template_id: Mapped[int | None] = mapped_column(ForeignKey("plan_template.id"))


class TrackVersion(Recorded, Base):
    """The rules of a track as they stood from a change set on: `rules` holds measure, target and bands."""

    __tablename__ = "track_version"
    __table_args__ = (Index("uq_track_version_track_id_number", "track_id", "number", unique=True),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    number: Mapped[int]
    rules: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]


class Standing(Editable, Base):
    """A constituent's level on a track from a day until the day before `to_on` (none: now).

    `cause` says what brought it: gift, refund, correction, time, hours, merge, rules, import; `cause_gift_id` names
    the gift where there is one; `measure` is the figure that decided it.
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
        Index("ix_standing_constituent_id", "constituent_id"),
        Index("ix_standing_track_id_level_id_to_on", "track_id", "level_id", "to_on"),
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
