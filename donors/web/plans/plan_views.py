"""Running plans: the list, and one of them."""

from flask import render_template, request

from donors.core.db import current_session
from donors.plans.queries.plans import PlanFilter, count_plans, plans
from donors.web.listing import page_number
from donors.web.plans.plan_page import page
from donors.web.session import viewer

PER_PAGE = 25


def index() -> str:
    """Plans that run, or with `?show=ended` those that have ended; `?whose=mine` those with a task of the viewer."""
    session, seen = current_session(), viewer().sees
    mine, ended = request.args.get("whose") == "mine", request.args.get("show") == "ended"
    which = PlanFilter(owner_id=viewer().id if mine else None, ended=ended)
    number = page_number()
    return render_template(
        "plans/index.html",
        rows=plans(session, which, sees=seen, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        total=count_plans(session, which, sees=seen),
        page=number,
        per_page=PER_PAGE,
        mine=mine,
        ended=ended,
    )


def plan_page(plan_id: int) -> str:
    """One plan with its tasks."""
    return page(plan_id)
