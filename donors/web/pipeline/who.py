"""The first question of a call report or a plan: with whom."""

from flask import g, render_template, request

from donors.constituents.models import Constituent
from donors.constituents.search import search
from donors.core.db import current_session
from donors.pipeline.queries.portfolio import likely
from donors.web.choose import by_id
from donors.web.session import viewer


def whom() -> Constituent | None:
    """Whom an address or a form names, if anybody. Raises NotFound for somebody whom the viewer may not see."""
    return by_id(current_session(), request.values.get("constituent", ""))


def who_page(title: str, view: str) -> str:
    """The page that asks; those whose turn it is are offered at once."""
    session, text = current_session(), request.args.get("q", "").strip()[:100]
    return render_template(
        "pipeline/who.html",
        title=title,
        view=view,
        q=text,
        hits=search(session, text, sees=viewer().sees, limit=12) if text else [],
        likely=likely(session, viewer().id, on=g.today, sees=viewer().sees),
    )
