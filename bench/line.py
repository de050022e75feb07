"""One measurement: what was done, beside what, and what the two cost."""

from dataclasses import asdict, dataclass
from functools import cached_property

from flask import Flask

from bench.cost import Cost, Meter
from bench.world import Size


@dataclass(frozen=True)
class Line:
    """A measurement: of time, or of bytes of memory. `held` is what it is to be held under: a ratio unless it says so.

    `cost` is beside that of a baseline, if there is one.
    """

    work: str
    system: str
    size: Size
    cost: Cost | None = None
    beside: str = ""
    base: Cost | None = None
    held: str = ""
    memory: int = 0

    @property
    def ratios(self) -> tuple[float, float] | None:
        """By the wall and by CPU time."""
        if self.cost is None or self.base is None:
            return None
        return round(self.cost.wall / self.base.wall, 1), round(self.cost.cpu / (self.base.cpu or 0.01), 1)

    def plain(self) -> dict[str, object]:
        """As words and numbers, for JSON."""
        told = {name: value for name, value in asdict(self).items() if value}
        return told | ({"ratio by the wall and by CPU": self.ratios} if self.ratios else {})


@dataclass
class Here:
    """A world to be measured: on PostgreSQL `workers` parts side by side, single acts for so many `rounds`."""

    app: Flask
    size: Size
    workers: int = 1
    rounds: int = 300

    @cached_property
    def meter(self) -> Meter:
        """Measures in its database."""
        return Meter(self.app)

    @property
    def system(self) -> str:
        """The database's name."""
        return str(self.app.extensions["sqlalchemy"].engine.dialect.name)

    def line(
        self,
        work: str,
        cost: Cost | None = None,
        *,
        beside: str = "",
        base: Cost | None = None,
        held: str = "",
        memory: int = 0,
    ) -> Line:
        """What was found about a piece of work."""
        return Line(work, self.system, self.size, cost, beside, base, held, memory)
