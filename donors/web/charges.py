"""Officers to choose from, each with how full the portfolio is."""

from typing import Any

from flask import g

from donors.core.db import Session
from donors.pipeline.portfolios.load import Limits, limits_of, load_tone
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.queries.prospects import officers
from donors.web.forms import option
from donors.web.session import viewer

MARKS = {"near": ", large", "over": ", too large"}


def limits() -> Limits:
    """The limits of portfolios, as the organization has set them."""
    return limits_of(g.organization)


def charge_choices(session: Session, *, volunteers: bool = False, nobody: str = "") -> list[Any]:
    """Whom the viewer may put in charge, with the size of each portfolio: anybody, or themselves alone.

    With `volunteers` also those who can be volunteer solicitors only.
    """
    held, known = sizes(session, on=g.today), limits()
    able = [user for user in officers(session, volunteers=volunteers) if _may_assign(user.id)]
    first = [option(0, nobody)] if nobody else []
    return [*first, *(option(user.id, _told(user.name, held.get(user.id, 0), known)) for user in able)]


def _may_assign(user_id: int) -> bool:
    return user_id == viewer().id or viewer().may("pipeline.assign")


def _told(name: str, size: int, known: Limits) -> str:
    return f"{name} · {size} of {known.warning}{MARKS.get(load_tone(size, known), '')}"
