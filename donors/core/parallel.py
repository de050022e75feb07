"""The same work on several things at once, each in a transaction of its own. For PostgreSQL: SQLite has one writer."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from donors.core.db import Session, own_transaction
from donors.core.retry import retried

Item = TypeVar("Item")


def side_by_side(work: Callable[[Session, Item], None], items: Iterable[Item], *, workers: int) -> None:
    """Carries out `work` for each of the items, so many at a time. Raises what the first one that failed raised.

    Threads are enough: it is the database that works. `work` may be done twice when it met somebody else's lock.
    """

    def one(item: Item) -> None:
        retried(lambda session: work(session, item), within=own_transaction)

    with ThreadPoolExecutor(workers) as pool:
        for running in [pool.submit(copy_context().run, one, item) for item in items]:
            running.result()
