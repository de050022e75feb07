"""Velocity: how long prospects stay in each stage, which way they leave it, and who is stuck.

Days of those that are in a stage still count up to the day of the report and no further. The own limit of a stage is
the day by which four of five have left it; who is in it for longer, or for longer than the stage expects, is stuck.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.pipeline.models import Stage
from donors.pipeline.odds.queries import Which
from donors.pipeline.odds.stays import Inside, Person, inside_longer, stays
from donors.pipeline.odds.survival import Curve, Stay, curve
from donors.pipeline.queries.board import Card
from donors.pipeline.queries.stages import stages
from donors.reports.answers import Memory, answered

OWN, EXPECTED = "own", "expected"


@dataclass(frozen=True)
class Stuck:
    """A prospect that is in its stage for longer than its limit, and which limit that is."""

    prospect_id: int
    stage: Stage
    days: int
    limit: int
    by: str

    @property
    def over(self) -> int:
        """By how many days."""
        return self.days - self.limit

    @property
    def reason(self) -> str:
        """Why, in words."""
        return f"{self.days} days in {self.stage.name}; {self.why}."

    @property
    def why(self) -> str:
        """The limit that is passed, in words."""
        return f"four of five leave it within {self.limit}" if self.by == OWN else f"{self.limit} are expected"


@dataclass(frozen=True)
class StageLine:
    """A stage with the curve of all stays in it, and how many are in it and stuck now."""

    stage: Stage
    curve: Curve
    inside: int
    stuck: int

    @property
    def limit(self) -> tuple[int, str] | None:
        """The limit that holds and where it comes from: the shorter of own and expected; none where there is none."""
        return limit_of(self.stage, self.curve.own_limit)


@dataclass(frozen=True)
class Velocity:
    """The report: a line for each stage. Who is stuck, `people_stuck` reads."""

    on: date
    which: Which
    lines: tuple[StageLine, ...]

    @property
    def stuck(self) -> int:
        """How many are stuck."""
        return sum(line.stuck for line in self.lines)


def limit_of(stage: Stage, own: int | None) -> tuple[int, str] | None:
    """The days after which somebody in a stage is stuck, and where they come from: the shorter of own and expected."""
    return min(((days, by) for days, by in ((own, OWN), (stage.expected_days, EXPECTED)) if days), default=None)


def velocity(session: Session, on: date, which: Which) -> Velocity:
    """The report on a pipeline as of a day: one statement counts all stays."""
    held = stays(session, on, which)
    every = (_line(stage, held.get(stage.id, ())) for stage in stages(session, which.pipeline_id or 0, retired=True))
    return Velocity(on, which, tuple(line for line in every if line.stage.is_active or line.curve.stays))


def _line(stage: Stage, held: Sequence[Stay]) -> StageLine:
    found = curve(held)
    open_now = [one for one in held if one.way is None]
    limit = limit_of(stage, found.own_limit)
    over = sum(one.number for one in open_now if limit and one.days > limit[0])
    return StageLine(stage, found, sum(one.number for one in open_now), over)


def people_stuck(
    session: Session, found: Velocity, *, limit: int | None = None, offset: int = 0
) -> list[tuple[Stuck, Person]]:
    """Who is stuck, the furthest over the limit first; without a limit all of them."""
    held = {line.stage.id: (line.stage, line.limit) for line in found.lines if line.limit}
    limits = {stage_id: days for stage_id, (_stage, (days, _by)) in held.items()}
    rows = inside_longer(session, found.on, found.which, limits, (limit, offset))
    return [(_stuck(one, found.on, *held[one.stage_id]), one.who) for one in rows]


def _stuck(one: Inside, on: date, stage: Stage, limit: tuple[int, str]) -> Stuck:
    return Stuck(one.who.prospect_id, stage, (on - one.since).days, *limit)


def own_limits(session: Session, on: date, pipeline_id: int, *, memory: Memory | None = None) -> dict[int, int]:
    """Stage → the days by which four of five have left it, for stages with enough stays.

    Of all prospects, whoever may see them; learnt up to the day before, once a day, so that a board does not read all
    stays again whenever somebody moves.
    """
    learnt = on - timedelta(days=1)
    which = Which(EVERYTHING, pipeline_id)
    rows = answered(
        session,
        None if memory is None else replace(memory, reads=(Stage,)),
        "own limits",
        {"on": learnt.isoformat(), "pipeline": pipeline_id},
        lambda: [
            (line.stage.id, line.curve.own_limit)
            for line in velocity(session, learnt, which).lines
            if line.curve.own_limit is not None
        ],
    )
    return {int(stage_id): int(days) for stage_id, days in rows}


def stuck_cards(session: Session, cards: Iterable[Card], on: date, *, memory: Memory | None = None) -> dict[int, Stuck]:
    """Prospect id → why it is stuck, for those of some that are shown; they may stand in several pipelines."""
    found: dict[int, Stuck] = {}
    own: dict[int, dict[int, int]] = {}
    for one in cards:
        pipeline_id = one.prospect.pipeline_id
        if pipeline_id not in own:
            own[pipeline_id] = own_limits(session, on, pipeline_id, memory=memory)
        limit = limit_of(one.stage, own[pipeline_id].get(one.stage.id))
        if one.prospect.is_active and limit and one.days > limit[0]:
            found[one.prospect.id] = Stuck(one.prospect.id, one.stage, one.days, *limit)
    return found
