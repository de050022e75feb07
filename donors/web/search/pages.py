"""Search over everybody; forms that look for somebody read the same page."""

from flask import Blueprint, Flask, render_template, request

from donors.constituents.queries import reached
from donors.constituents.search import search
from donors.core.db import Session, current_session
from donors.leads.models import CONVERTED
from donors.leads.queue import LeadRow
from donors.leads.story import find_leads
from donors.web.session import viewer

pages = Blueprint("search", __name__)
PER_PAGE = 25
LONGEST = 100
MOST_LEADS = 10


@pages.get("/search")
def results() -> str:
    """Who answers to what was typed, best first. `kind` narrows to persons, households or organizations."""
    session = current_session()
    q, kind = request.args.get("q", "").strip()[:LONGEST], request.args.get("kind") or None
    text = request.args.get("page", "1")
    number = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    hits = search(session, q, sees=viewer().sees, kind=kind, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return render_template(
        "search/results.html",
        q=q,
        kind=kind,
        hits=hits[:PER_PAGE],
        reached=reached(session, [hit.id for hit in hits]),
        page=number,
        has_more=len(hits) > PER_PAGE,
        leads=_leads(session, q) if number == 1 and kind is None else (),
    )


def _leads(session: Session, q: str) -> tuple[LeadRow, ...]:
    """The leads that answer to it, for those who may see leads; converted ones are found as constituents."""
    if not viewer().may("leads.read"):
        return ()
    found = find_leads(session, q, sees=viewer().sees, limit=MOST_LEADS)
    return tuple(row for row in found if row.lead.status != CONVERTED)


def register(app: Flask) -> None:
    """Adds the page."""
    app.register_blueprint(pages)
