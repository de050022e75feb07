"""Who is next, as a page of its own, and who is put off."""

from flask import g, render_template, request

from donors.accounts.queries import user
from donors.core.db import current_session
from donors.pipeline.queries.portfolio import last_moves
from donors.pipeline.turn.decide import RULE
from donors.pipeline.turn.queries import count_snoozed
from donors.pipeline.turn.queries import snoozed as read_snoozed
from donors.pipeline.turn.queries import turns as read_turns
from donors.web.listing import page_number
from donors.web.session import viewer

PER_PAGE = 25


def turns() -> str:
    """All whose turn it is, of one officer: the viewer, unless another one is asked for. Raises NotFound."""
    session, seen, number = current_session(), viewer().sees, page_number()
    officer_id, name = _officer()
    found = read_turns(session, officer_id, on=g.today, sees=seen)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "pipeline/turns.html",
        rows=shown,
        last=last_moves(session, [one.card.prospect.constituent_id for one in shown], sees=seen),
        total=len(found),
        page=number,
        per_page=PER_PAGE,
        rule=RULE,
        officer_id=officer_id,
        name=name,
        put_off=count_snoozed(session, officer_id, on=g.today, sees=seen),
    )


def snoozed() -> str:
    """Who is put off until when, and why. Raises NotFound."""
    officer_id, name = _officer()
    rows = read_snoozed(current_session(), officer_id, on=g.today, sees=viewer().sees)
    return render_template("pipeline/snoozed.html", rows=rows, officer_id=officer_id, name=name)


def _officer() -> tuple[int, str]:
    """Whose list it is, and the name unless it is the viewer."""
    text = request.args.get("officer", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else viewer().id
    if wanted == viewer().id:
        return wanted, ""
    return wanted, user(current_session(), wanted).name
