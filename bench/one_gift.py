"""One gift by the workflow (credits, figures, levels, journal) beside the same gift and credit by the ORM alone."""

import statistics
import time
from collections.abc import Callable

from bench.world import ACT, AT, FISCAL, TODAY, database, fill, vacuum
from donors.core.changes import open_change
from donors.core.db import transaction
from donors.giving.gift_input import GiftInput
from donors.giving.models import Credit, Gift
from donors.levels.standard import install_standard
from donors.rollups.standard import standard
from donors.workflows.gifts import record_gift
from donors.workflows.refresh import refresh_figures

WARM = 20
"""Rounds that are not counted."""


def measure(system: str, *, people: int, gifts: int, rounds: int = 300) -> dict[str, object]:
    """Milliseconds of the median and the ratio of the medians; each gift is a transaction of its own."""
    with database(system) as app:
        fill(people, gifts, standard())
        with transaction() as session:
            change = open_change(session, "bench", act=ACT)
            install_standard(session, currency="USD", within=change)
            refresh_figures(session, on=TODAY)
            change_id = change.id
        vacuum(app)
        plain, whole = _medians(
            lambda n: _by_orm(1 + n % people, change_id), lambda n: _by_workflow(1 + n * 11 % people), rounds=rounds
        )
    return {
        "bench": "one gift",
        "system": system,
        "people": people,
        "gifts": gifts,
        "baseline, ms": round(plain * 1000, 2),
        "ms": round(whole * 1000, 2),
        "ratio": round(whole / plain, 2),
    }


def _medians(*acts: Callable[[int], None], rounds: int) -> list[float]:
    """The acts in turn, so that what else the machine does hits them alike."""
    taken: list[list[float]] = [[] for _ in acts]
    for n in range(rounds + WARM):
        for times, act in zip(taken, acts, strict=True):
            start = time.perf_counter()
            act(n * 7)
            times.append(time.perf_counter() - start)
    return [statistics.median(times[WARM:]) for times in taken]


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
