"""What a suggested ask goes by: figures of giving as they are stored, and the capacity that holds."""

from sqlalchemy.orm import Session

from donors.pipeline.asks.suggestion import Grounds
from donors.research.queries import capacity_of
from donors.rollups.queries import figures_of

FIGURES = {"largest": "largest_gift", "average": "average_gift", "best_year": "best_year_total"}
"""Field of `Grounds` → key of the rollup that it is."""


def grounds_of(session: Session, constituent_id: int, *, household_id: int | None = None) -> Grounds:
    """What is known of a constituent's giving, or of that of a household, and of their means. Call it with ids that the
    viewer may see."""
    figures, capacity = figures_of(session, household_id or constituent_id), capacity_of(session, constituent_id)

    def given(name: str) -> int | None:
        figure = figures.get(FIGURES[name])
        return figure.value if figure is not None and isinstance(figure.value, int) else None

    return Grounds(
        largest=given("largest"),
        average=given("average"),
        best_year=given("best_year"),
        capacity=None if capacity is None else capacity.amount,
        rated_on=None if capacity is None else capacity.rated_on,
        source="" if capacity is None else capacity.source,
    )
