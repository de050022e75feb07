"""The briefing before a visit, and the pack of sheets for who takes over a portfolio."""

from flask import g, render_template

from donors.accounts.queries import user
from donors.core.db import current_session
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.decide import METHODS, OUTCOMES
from donors.reports.briefing import briefing
from donors.reports.sheet import MOST, pack
from donors.research.fields import KINDS
from donors.web.session import viewer

WORDS = {"methods": METHODS, "outcomes": OUTCOMES, "statuses": STATUSES}


def briefing_page(prospect_id: int) -> str:
    """What to know before a visit."""
    found = briefing(current_session(), prospect_id, on=g.today, sees=viewer().sees)
    return render_template("pipeline/briefing.html", found=found, kinds=KINDS, **WORDS)


def pack_page(user_id: int) -> str:
    """A sheet for each prospect of an officer."""
    session = current_session()
    officer = user(session, user_id)
    found = pack(session, user_id, on=g.today, sees=viewer().sees)
    return render_template("pipeline/pack.html", officer=officer, sheets=found, most=MOST, **WORDS)
