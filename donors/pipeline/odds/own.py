"""Own-history odds: how often asks of a stand and an age came to a gift in this house, with an interval. Pure.

Each cell says what share of those at risk in it was received, ended, moved on or grew older; walking these shares from
a cell to the end gives the odds of an ask that is in it now. So an ask that is open counts for how long it went without
an outcome, and slow gifts do not look like lost ones. How sure that is hangs on the asks that are decided: a cell of
few is drawn to its stand, a stand of few to its status in all stages, a status of few to the pool, by as much as the
groups are alike (a beta-binomial model).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from donors.pipeline.odds.beta import Group, Pool, bounds, pool_of, strength_of
from donors.pipeline.odds.history import AGES, Cell, Count, History, Stand, age_of

LEAST = 30
"""Below so many decided asks nothing is said of the odds."""
ROUNDS = 500
NOTHING = Group(0, 0)
CLOSE = 1e-12


@dataclass(frozen=True)
class Odds:
    """The odds that an ask comes to a gift. `cases`: so many asks are behind them, in effect; `decided`: asks of this
    very cell that are."""

    share: float
    cases: float
    decided: int

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self._range[0]

    @property
    def high(self) -> float:
        """Its upper end."""
        return self._range[1]

    @cached_property
    def _range(self) -> tuple[float, float]:
        """Found only where somebody asks: it costs a hundred times what the odds do."""
        return bounds(self.share, self.cases)


@dataclass(frozen=True)
class Model:
    """The odds of all cells. `decided` asks are behind it, `base` is the share of those that were received."""

    decided: int
    base: float
    pool: Odds
    statuses: Mapping[str, Odds]
    stands: Mapping[Stand, Odds]
    cells: Mapping[Cell, Odds]

    @property
    def enough(self) -> bool:
        """Whether there are enough decided asks to speak of odds."""
        return self.decided >= LEAST

    def odds(self, stand: Stand, days: int) -> Odds | None:
        """The odds of an ask that has stood so many days in a stand; none while there are not enough."""
        if not self.enough:
            return None
        known = self.cells.get((stand, age_of(days))) or self.stands.get(stand)
        return known or self.statuses.get(stand[1], self.pool)


def fit(history: History) -> Model:
    """The odds of all cells of a history, as of the day up to which it has been read."""
    cells = {cell: count for cell, count in history.cells.items() if count.entered}
    received = sum(count.received for count in cells.values())
    decided = received + sum(count.ended for count in cells.values())
    walked = _walk(cells, received / decided if decided else 0.5)
    groups = {cell: Group(walked[cell] * count.decided, count.decided) for cell, count in cells.items()}
    by_stand = _by_stand(cells, groups)
    by_status = _by_status(by_stand)
    pool = pool_of([_together(family) for family in by_status.values()])
    strength = strength_of(list(by_status.values()))
    over = {status: Pool(pool.shrunk(_together(family)), strength) for status, family in by_status.items()}
    above = {stand: over[stand[1]].shrunk(group) for stand, group in by_stand.items()}
    return Model(
        decided=decided,
        base=received / decided if decided else 0.0,
        pool=Odds(pool.share, decided + 1, decided),
        statuses={status: _odds(its, NOTHING, 0) for status, its in over.items()},
        stands={stand: _odds(over[stand[1]], group, group.cases) for stand, group in by_stand.items()},
        cells=_cells(cells, groups, above),
    )


def _cells(cells: Mapping[Cell, Count], groups: Mapping[Cell, Group], above: Mapping[Stand, float]) -> dict[Cell, Odds]:
    """Cells drawn to their stands, as strongly as ages of a stand are alike: that is learnt from all stands."""
    ages: dict[Stand, list[Group]] = defaultdict(list)
    for (stand, _age), group in groups.items():
        ages[stand].append(group)
    strength = strength_of(list(ages.values()))
    return {cell: _odds(Pool(above[cell[0]], strength), group, cells[cell].decided) for cell, group in groups.items()}


def _odds(pool: Pool, group: Group, decided: float) -> Odds:
    share = pool.shrunk(group)
    return Odds(share, pool.strength + group.cases, int(decided))


def _by_status(by_stand: Mapping[Stand, Group]) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = defaultdict(list)
    for (_kind, status), group in by_stand.items():
        found[status].append(group)
    return found


def _together(groups: Sequence[Group]) -> Group:
    return Group(sum(group.hits for group in groups), sum(group.cases for group in groups))


def _by_stand(cells: Mapping[Cell, Count], groups: Mapping[Cell, Group]) -> dict[Stand, Group]:
    """A stand as it is entered: its first age, through which every ask of it comes."""
    found = {stand: group for (stand, age), group in groups.items() if age == 0}
    return found | {stand: groups[stand, age] for stand, age in cells if stand not in found}


def _walk(cells: Mapping[Cell, Count], base: float) -> dict[Cell, float]:
    """The chance of a gift from each cell on; where nothing is known of a cell, the base rate."""
    chances = dict.fromkeys(cells, base)
    for _ in range(ROUNDS):
        moved = 0.0
        for cell, count in cells.items():
            chance = _from(cell, count, chances, base)
            moved = max(moved, abs(chance - chances[cell]))
            chances[cell] = chance
        if moved < CLOSE:
            break
    return chances


def _from(cell: Cell, count: Count, chances: Mapping[Cell, float], base: float) -> float:
    stand, age = cell
    onward = sum(number * chances.get((to, 0), base) for to, number in count.moved.items())
    leaving = count.received + count.ended + count.moved.total()
    if age == len(AGES) - 1:  # there is no later age: those that left tell what becomes of the others
        return (count.received + onward) / leaving if leaving else base
    older = count.at_risk - leaving
    return (count.received + onward + older * chances.get((stand, age + 1), base)) / count.at_risk
