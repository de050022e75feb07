"""Doing something for many so that whoever it fails for costs nobody else anything."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from donors.core.errors import Conflict
from donors.core.retry import is_busy

LONGEST = 500
One = TypeVar("One")
Came = TypeVar("Came")


def apart(
    session: Session,
    wanted: Sequence[One],
    act: Callable[[Sequence[One]], Iterable[Came]],
    failed: Callable[[One, str], Came],
) -> list[Came]:
    """Carries out an act for all in one savepoint; where it raises, for each half, down to the one that it fails for.

    `failed` gets that one with the reason, and says what came of it.
    """
    try:
        with session.begin_nested():
            return list(act(wanted))
    except Exception as error:
        if is_busy(error) or isinstance(error, Conflict):  # the whole transaction is lost, or is to be done again
            raise
        if len(wanted) == 1:
            return [failed(wanted[0], _said(error))]
    half = len(wanted) // 2
    return [one for part in (wanted[:half], wanted[half:]) for one in apart(session, part, act, failed)]


def _said(error: Exception) -> str:
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return (said or type(error).__name__)[:LONGEST]
