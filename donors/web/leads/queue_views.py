"""The queue of leads, what it is narrowed by, and the way from chosen rows to an act."""

from dataclasses import replace

from flask import current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.permissions import CARRIES
from donors.core.criteria.tree import Criteria
from donors.core.db import current_session
from donors.core.errors import NotFound
from donors.core.paging import Paging
from donors.leads.models import SOURCES
from donors.leads.queue import TABS, lead_fields, lead_ids, lead_page, tab_counts
from donors.leads.same_address import others_of
from donors.leads.terms import FITS, TRIED
from donors.pipeline.decide import METHODS
from donors.web.criteria.narrow import Narrowing, Page, narrow
from donors.web.leads.asked import asked
from donors.web.leads.convert_views import MOST
from donors.web.leads.due import due_words
from donors.web.leads.forms import owners
from donors.web.session import looking, viewer

DOORS = {
    "owner": ".chosen_owner",
    "follow_up": ".chosen_follow_up",
    "disqualify": ".chosen_disqualify",
    "convert": ".convert",
}
"""What can be done with chosen rows: word in the form → the page of the act."""


def index() -> str:
    """The queue: the tab of the new ones unless another is asked for."""
    session = current_session()
    wanted = asked(session)
    page = lead_page(session, wanted.sieve, wanted.paging, looking=looking())
    return render_template(
        "leads/queue.html",
        asked=wanted,
        page=page,
        others=others_of(session, [row.lead for row in page.rows], looking=looking()),
        most=MOST,
        counts=tab_counts(session, looking=looking()),
        tabs=TABS,
        fits=FITS,
        sources=SOURCES,
        methods=METHODS,
        outcomes=TRIED,
        owners=owners(session),
        can_add=viewer().may("leads.add") and "leads.new" in current_app.view_functions,
        now=g.now,
        due_words=due_words,
    )


def filter_page() -> Page:
    """The conditions of the queue in a form."""
    session = current_session()
    wanted, known = asked(session), lead_fields(session).seen_with(CARRIES[viewer().role])

    def count(criteria: Criteria) -> int:
        sieve = replace(wanted.sieve, criteria=criteria)
        return lead_page(session, sieve, Paging(size=1), looking=looking()).total

    keep = [(name, value) for name, value in wanted.pairs if name not in ("f", "match")]
    return narrow(Narrowing("Leads", "lead", url_for(".index"), keep, wanted.root, known, count))


def choose() -> Response:
    """Leads the chosen rows to the page of an act. Raises NotFound."""
    session, act = current_session(), request.form.get("act", "")
    if act not in DOORS:
        raise NotFound("act", act)
    wanted, ids, everybody = asked(session), request.form.getlist("ids"), bool(request.form.get("everybody"))
    if not ids and not everybody:
        flash("Tick a lead first.", "warn")
        return redirect(url_for(".index", **wanted.keep), 303)
    if act == "convert":
        those = lead_ids(session, wanted.sieve, looking=looking(), limit=MOST + 1) if everybody else ids
        return redirect(url_for(DOORS[act], ids=those, **wanted.keep), 303)
    rows = {"everybody": "yes"} if everybody else {"ids": ids}
    return redirect(url_for(DOORS[act], **wanted.keep, **rows), 303)
