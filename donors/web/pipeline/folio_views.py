"""Whose prospects they are: an officer's portfolio, the prospects that nobody has, those that return."""

from flask import g, render_template, request, url_for

from donors.core.db import current_session
from donors.pipeline.decide import ROLES
from donors.pipeline.portfolios.holdings import (
    SORTS,
    Part,
    count_holdings,
    count_unheld,
    unheld,
)
from donors.pipeline.portfolios.holdings import holdings as read_holdings
from donors.pipeline.portfolios.returns import returning, returning_asks
from donors.pipeline.queries.portfolio import portfolio, sizes
from donors.pipeline.queries.stages import pipelines, stages
from donors.rollups.owned import name_of
from donors.rollups.targets import Target
from donors.web.charges import charge_choices, limits
from donors.web.session import viewer

PER_PAGE = 50


def page_number() -> int:
    """The page that the address asks for."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def holdings(user_id: int) -> str:
    """An officer's portfolio: how full, how it fares, and the constituents in it. Raises NotFound."""
    session, seen, number = current_session(), viewer().sees, page_number()
    sort = request.args.get("sort", "name")
    part = Part(sort if sort in SORTS else "name", PER_PAGE, (number - 1) * PER_PAGE)
    standing = next(iter(pipelines(session)), None)
    return render_template(
        "pipeline/holdings.html",
        id=user_id,
        name=name_of(session, Target.PORTFOLIO, user_id),
        size=sizes(session, on=g.today).get(user_id, 0),
        limits=limits(),
        figures_of=portfolio(session, standing.id, user_id, on=g.today, sees=seen) if standing else None,
        pipeline=standing,
        rows=read_holdings(session, user_id, part, on=g.today, sees=seen),
        total=count_holdings(session, user_id, on=g.today, sees=seen),
        page=number,
        per_page=PER_PAGE,
        sort=part.sort,
        sorts=SORTS,
        roles=ROLES,
        pack=url_for(".pack_page", user_id=user_id),
    )


def unassigned() -> str:
    """Prospects that nobody is in charge of, by the money at stake; each can be assigned in place."""
    session, seen, number = current_session(), viewer().sees, page_number()
    rows = unheld(session, on=g.today, sees=seen, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    ladders = {row.prospect.pipeline_id: len(stages(session, row.prospect.pipeline_id)) for row in rows}
    return render_template(
        "pipeline/unassigned.html",
        rows=rows,
        ladders=ladders,
        total=count_unheld(session, on=g.today, sees=seen),
        page=number,
        per_page=PER_PAGE,
        officers=charge_choices(session) if viewer().may("pipeline.assign") else [],
    )


def returns() -> str:
    """Prospects that left and asks that ended, to be looked at again."""
    session, sees, mine = current_session(), viewer().sees, request.args.get("officer", "") != "all"
    whose = viewer().id if mine else None
    return render_template(
        "pipeline/returns.html",
        rows=returning(session, on=g.today, sees=sees, officer_id=whose, ahead=90, limit=200),
        asks=returning_asks(session, on=g.today, sees=sees, officer_id=whose, ahead=90, limit=200),
        mine=mine,
    )
