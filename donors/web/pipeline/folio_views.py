"""Whose prospects they are: an officer's portfolio, the prospects that nobody has, those that return."""

from flask import g, render_template, request, url_for

from donors.core.db import current_session
from donors.core.paging import Part
from donors.pipeline.decide import ROLES
from donors.pipeline.portfolios.holdings import SORTS, count_holdings, count_unheld, unheld
from donors.pipeline.portfolios.holdings import holdings as read_holdings
from donors.pipeline.portfolios.returns import returning_asks_page, returning_page
from donors.pipeline.queries.portfolio import portfolio, sizes
from donors.pipeline.queries.stages import pipelines, stages
from donors.rollups.owned import name_of
from donors.rollups.targets import Target
from donors.web.charges import charge_choices, limits
from donors.web.listing import page_number
from donors.web.session import viewer

PER_PAGE = 50
AHEAD = 90
"""Days for which those that are to return are shown beforehand."""


def holdings(user_id: int) -> str:
    """An officer's portfolio: how full, how it fares, and the constituents in it. Raises NotFound."""
    session, seen, number = current_session(), viewer().sees, page_number()
    sort = request.args.get("sort", "name")
    part = Part(PER_PAGE, (number - 1) * PER_PAGE, sort if sort in SORTS else "name")
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
    """Prospects that left, or asks that ended, to be looked at again."""
    session, sees, mine = current_session(), viewer().sees, request.args.get("officer", "") != "all"
    whose = viewer().id if mine else None
    shows_asks = request.args.get("show") == "asks"
    number, other = (1, page_number()) if shows_asks else (page_number(), 1)
    left = returning_page(session, on=g.today, sees=sees, officer_id=whose, ahead=AHEAD, number=number)
    ended = returning_asks_page(session, on=g.today, sees=sees, officer_id=whose, ahead=AHEAD, number=other)
    return render_template(
        "pipeline/returns.html",
        page=ended if shows_asks else left,
        shows_asks=shows_asks,
        totals=(left.total, ended.total),
        mine=mine,
        ahead=AHEAD,
    )
