"""Today: the viewer's portfolio, tasks by what waiting costs, who is next and why, queues, whose level changed."""

from flask import Blueprint, Flask, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from donors.constituents.matching.pairs import count_bands
from donors.constituents.requests import KINDS, due_soon
from donors.core.db import current_session
from donors.leads.terms import TRIED
from donors.leads.to_do import ToDo, to_do
from donors.levels.effects.notices import count_notices, notices
from donors.pipeline.asks.proposals import due_from
from donors.pipeline.asks.propose import STATES
from donors.pipeline.portfolios.returns import returning, returning_asks
from donors.pipeline.queries.portfolio import last_moves, likely, portfolio, sizes
from donors.pipeline.queries.stages import pipelines
from donors.pipeline.turn.decide import RULE
from donors.pipeline.turn.queries import count_snoozed, turns
from donors.pipeline.waiting.decide import RULE as COST_RULE
from donors.pipeline.waiting.tasks import waiting
from donors.plans.queries.mine import in_queues
from donors.plans.queries.tasks import TaskFilter, count_tasks, done_today, tasks
from donors.reports.velocity import stuck_cards
from donors.web.reports.memory import memory
from donors.web.session import viewer
from donors.web.today.notices_views import notices_page, see_notices

today = Blueprint("today", __name__)
SHOWN = 6
RANKED = 12
"""Tasks that are set out; the rest stands in the list of tasks."""


@today.get("/")
def index() -> Response:
    """The day begins on Today."""
    return redirect(url_for(".today_page"), 303)


@today.get("/today")
def today_page() -> str:
    """The page of the day, with the parts that the viewer's role may see."""
    prospects = _prospects() if viewer().may("pipeline.read") else {}
    due = _tasks() if viewer().may("plans.read") else {}
    told = _notices() if viewer().may("levels.read") else {}
    told |= _requests() if viewer().may("rights.answer") else {}
    told |= {"leads": _leads(), "tried": TRIED} if viewer().may("leads.write") else {}
    told |= {"pairs": _pairs()} if viewer().may("constituents.write") else {}
    return render_template(
        "today/today.html",
        rule=RULE,
        cost_rule=COST_RULE,
        limit=g.organization.portfolio_warning,
        shown=SHOWN,
        **prospects,
        **due,
        **told,
    )


today.get("/today/notices")(notices_page)
today.post("/today/notices/seen")(see_notices)


def _leads() -> ToDo:
    seen = viewer()
    nobodys = seen.may("pipeline.assign")
    return to_do(current_session(), seen.id, on=g.today, sees=seen.sees, nobodys=nobodys, limit=SHOWN)


def _prospects() -> dict[str, object]:
    session, seen = current_session(), viewer().sees
    standing = next(iter(pipelines(session)), None)
    if standing is None:
        return {}
    following = turns(session, viewer().id, on=g.today, sees=seen)
    over = stuck_cards(session, [one.card for one in following], g.today, memory=memory())
    stuck = [one for one in following if one.card.prospect.id in over]
    stuck.sort(key=lambda one: one.card.prospect.in_stage_since)
    shown = [*following[:SHOWN], *stuck[:SHOWN]]
    return {
        "size": sizes(session, on=g.today).get(viewer().id, 0),
        "proposals": due_from(session, viewer().id, decides=viewer().may("pipeline.assign"), sees=seen, limit=SHOWN),
        "states": STATES,
        "figures_of": portfolio(session, standing.id, viewer().id, on=g.today, sees=seen),
        "pipeline": standing,
        "following": following,
        "last": last_moves(session, [one.card.prospect.constituent_id for one in shown], sees=seen),
        "put_off": count_snoozed(session, viewer().id, on=g.today, sees=seen),
        "returning": returning(session, on=g.today, sees=seen, officer_id=viewer().id, ahead=0, limit=SHOWN),
        "returning_asks": returning_asks(session, on=g.today, sees=seen, officer_id=viewer().id, ahead=0, limit=SHOWN),
        "stuck": stuck,
        "over": over,
        "likely": likely(session, viewer().id, on=g.today, sees=seen),
    }


def _tasks() -> dict[str, object]:
    session, seen = current_session(), viewer().sees
    found = waiting(session, viewer().id, on=g.today, sees=seen)
    return {
        "ranked": found[:RANKED],
        "due_count": count_tasks(session, TaskFilter("due", viewer().id), on=g.today, sees=seen),
        "queued": in_queues(session, viewer().id, sees=seen, limit=SHOWN),
        "done": done_today(session, viewer().id, on=g.today, sees=seen, limit=3),
        "coming": tasks(session, TaskFilter("open", viewer().id), on=g.today, sees=seen, limit=5) if not found else [],
    }


def _pairs() -> dict[str, int]:
    """How many pairs that are likely the same wait for a decision, by band."""
    return count_bands(current_session(), sees=viewer().sees)


def _requests() -> dict[str, object]:
    found = due_soon(current_session(), sees=viewer().sees, on=g.today, limit=SHOWN)
    return {"requests": found, "kinds_of_requests": KINDS}


def _notices() -> dict[str, object]:
    session, sees = current_session(), viewer().sees
    return {
        "notices": notices(session, viewer().id, sees=sees, limit=SHOWN),
        "notice_count": count_notices(session, viewer().id, sees=sees),
    }


def register(app: Flask) -> None:
    """Adds the page."""
    app.register_blueprint(today)
