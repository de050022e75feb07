"""Two acts that meet: each in a thread and a transaction of its own, so placed that they stand in each other's way."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier, Event
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from donors.core.db import transaction
from donors.core.errors import HouseError

HOLD = 0.15
"""Seconds for which the first act keeps its transaction open when the second one has to wait for it."""
PATIENCE = 4.0
"""Two acts of a few rows that take longer than this have locked each other up."""

Act = Callable[[Session], Any]


@dataclass(frozen=True)
class Ending:
    """How an act ended: what it returned, or the error that a person may be shown."""

    value: Any = None
    error: HouseError | None = None

    @property
    def held(self) -> bool:
        """Whether it was carried out."""
        return self.error is None


def overlap(app: Flask, first: Act, second: Act) -> tuple[Ending, Ending]:
    """Carries out the second act while the first one has written and not yet committed.

    Where the second waits for the first, it goes on after that one's commit. Any error but a HouseError is raised.
    """
    written, over = Event(), Event()

    def hold(session: Session) -> Any:
        try:
            found = first(session)
            session.flush()
        finally:
            written.set()
        over.wait(HOLD)
        return found

    def follow() -> Ending:
        written.wait(PATIENCE)
        try:
            return carry_out(app, second)
        finally:
            over.set()

    return _together(lambda: carry_out(app, hold), follow)


def race(app: Flask, *acts: Act) -> tuple[Ending, ...]:
    """Carries out acts that begin at the same instant."""
    line = Barrier(len(acts))

    def run(act: Act) -> Ending:
        line.wait(PATIENCE)
        return carry_out(app, act)

    return _together(*(lambda act=act: run(act) for act in acts))


def carry_out(app: Flask, act: Act) -> Ending:
    """One act in a transaction of its own."""
    with app.app_context():
        try:
            with transaction() as session:
                return Ending(act(session))
        except HouseError as error:
            return Ending(error=error)


def _together(*runs: Callable[[], Ending]) -> tuple[Ending, ...]:
    began = time.monotonic()
    with ThreadPoolExecutor(len(runs)) as pool:
        endings = tuple(one.result() for one in [pool.submit(run) for run in runs])
    assert time.monotonic() - began < PATIENCE, "they locked each other up"
    return endings


def won(endings: Sequence[Ending]) -> list[Any]:
    """What the acts that were carried out returned."""
    return [one.value for one in endings if one.held]


def errors(endings: Sequence[Ending]) -> list[type[HouseError]]:
    """The classes of the errors of the others."""
    return [type(one.error) for one in endings if one.error is not None]
