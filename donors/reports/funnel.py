"""The funnel, both ways: who stands in which stage, who came and went between two days, and where they went."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.pipeline.models import AGAIN, BACK, DISQUALIFIED, FINISHED, FORWARD, LOST, RELEASED, Stage
from donors.pipeline.odds.queries import Which
from donors.pipeline.odds.stays import Moves, flows, money_in_stages, moves_between
from donors.pipeline.queries.stages import stages
from donors.reports.velocity import StageLine, velocity

OUT = (RELEASED, DISQUALIFIED, LOST, FINISHED)


@dataclass(frozen=True)
class FunnelQuestion:
    """A pipeline on a day, against an earlier one."""

    on: date
    since: date
    which: Which


@dataclass(frozen=True)
class FunnelLine:
    """A stage. Came in: new ones, forward, back and again; left: forward, back and out of the pipeline, by how.

    `then` and `now` are those who stand in it on the two days; then + came - left = now. `asks` are open now, `amount`
    what they come to in minor units.
    """

    stage: Stage
    then: int
    came: Mapping[str, int]
    left: Mapping[str, int]
    now: int
    asks: int
    amount: int
    velocity: StageLine | None

    @property
    def entered(self) -> int:
        """All who came in."""
        return sum(self.came.values())

    @property
    def out(self) -> int:
        """All who left the pipeline from it."""
        return sum(self.left.get(how, 0) for how in OUT)

    @property
    def gone(self) -> int:
        """All who left it."""
        return sum(self.left.values())


@dataclass(frozen=True)
class Funnel:
    """The report. `flows`: (stage then, stage now) → how many, none: outside."""

    asked: FunnelQuestion
    lines: tuple[FunnelLine, ...]
    flows: Mapping[tuple[int | None, int | None], int]

    def went(self, *hows: str) -> int:
        """How many steps were made in these ways."""
        return sum(line.came.get(how, 0) for line in self.lines for how in hows)


def funnel(session: Session, asked: FunnelQuestion) -> Funnel:
    """The report: five statements, however many prospects there are."""
    days, which = (asked.since, asked.on), asked.which
    pairs = flows(session, *days, which)
    moves = moves_between(session, *days, which)
    money = money_in_stages(session, asked.on, which)
    slow = {line.stage.id: line for line in velocity(session, asked.on, which).lines}
    then, now = _sums(pairs, 0), _sums(pairs, 1)
    lines = tuple(
        FunnelLine(
            stage,
            then[stage.id],
            _came(moves, stage.id),
            _left(moves, stage.id),
            now[stage.id],
            *money.get(stage.id, (0, 0)),
            slow.get(stage.id),
        )
        for stage in stages(session, which.pipeline_id or 0, retired=True)
        if stage.is_active or then[stage.id] or now[stage.id]
    )
    return Funnel(asked, lines, pairs)


def _sums(pairs: Mapping[tuple[int | None, int | None], int], end: int) -> Counter[int | None]:
    found: Counter[int | None] = Counter()
    for ends, number in pairs.items():
        found[ends[end]] += number
    return found


def _came(moves: Sequence[Moves], stage_id: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for move in moves:
        if move.to == stage_id:
            found[move.how] += move.number
    return found


def _left(moves: Sequence[Moves], stage_id: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for move in moves:
        if move.before == stage_id and move.how != AGAIN:
            found[move.how] += move.number
    return found


CAME = ("in", FORWARD, BACK, AGAIN)
LEFT = (FORWARD, BACK, *OUT)
