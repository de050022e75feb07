"""One gift by the workflow (credits, figures, levels, journal) beside the same gift and credit by the ORM alone."""

import statistics
from collections.abc import Callable, Iterator, Sequence

from bench.cost import Cost
from bench.line import Here, Line
from bench.world import ACT, AT, FISCAL, TODAY, fill, vacuum
from donors.core.changes import open_change
from donors.core.db import transaction
from donors.giving.gift_input import GiftInput
from donors.giving.models import Credit, Gift
from donors.levels.standard import install_standard
from donors.rollups.standard import standard
from donors.workflows.gifts import record_gift
from donors.workflows.refresh import refresh_figures

BARE = "the gift and its credit inserted by the ORM"
WARM = 20
"""Rounds that are not counted."""


def measure(here: Here) -> Iterator[Line]:
    """The medians of a gift by the workflow and by the ORM alone; each gift is a transaction of its own."""
    people = here.size.people
    fill(here.size, standard())
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        install_standard(session, currency="USD", within=change)
        refresh_figures(session, on=TODAY)
        change_id = change.id
    vacuum("constituent", "gift", "credit", "rollup_value")
    plain, whole = _medians(
        here,
        (lambda n: _by_orm(1 + n % people, change_id), lambda n: _by_workflow(1 + n * 11 % people)),
    )
    yield here.line(BARE, plain)
    yield here.line(
        "one gift by the workflow: credit, figures, level, journal", whole, beside=BARE, base=plain, held="3"
    )


def _medians(
    here: Here,
    acts: Sequence[Callable[[int], None]],
) -> list[Cost]:
    """The acts in turn, so that what else the machine does hits them alike; CPU time is the mean of all rounds."""
    wall: list[list[float]] = [[] for _ in acts]
    cpu = [0.0 for _ in acts]
    for n in range(here.rounds + WARM):
        for place, act in enumerate(acts):
            with here.meter.measured() as cost:
                act(n * 7)
            wall[place].append(cost.wall)
            cpu[place] += cost.cpu / (here.rounds + WARM)
    return [Cost(statistics.median(one[WARM:]), used) for one, used in zip(wall, cpu, strict=True)]


def _by_orm(who: int, change_id: int) -> None:
    with transaction() as session:
        gift = Gift(
            constituent_id=who,
            amount=5_000,
            base_amount=5_000,
            currency="USD",
            received_on=TODAY,
            recorded_at=AT,
            created_in=change_id,
        )
        session.add(gift)
        session.flush()
        credit = Credit(
            constituent_id=who,
            gift_id=gift.id,
            kind="hard",
            amount=5_000,
            base_amount=5_000,
            given_on=TODAY,
            fiscal_year=FISCAL.year_of(TODAY),
            counts_from=TODAY,
            created_in=change_id,
        )
        session.add(credit)


def _by_workflow(who: int) -> None:
    with transaction() as session:
        record_gift(session, GiftInput(who, 5_000, TODAY), act=ACT, on=TODAY)
