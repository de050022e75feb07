"""The queue of leads, what it is narrowed by, and the way from chosen rows to an act."""

from urllib.parse import parse_qsl, urlencode

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.permissions import CARRIES
from donors.core.criteria.describe import describe
from donors.core.db import Session, current_session
from donors.core.errors import Invalid, NotFound
from donors.core.paging import Paging
from donors.leads.models import SOURCES
from donors.leads.queue import TABS, LeadSieve, lead_fields, lead_page, tab_counts
from donors.leads.terms import TRIED
from donors.pipeline.decide import METHODS
from donors.web.criteria.builder import PERIODS, acted, finished, offered, problems, shown, typed
from donors.web.criteria.tokens import Group, Line, criteria_of
from donors.web.leads.asked import Asked, asked, looking
from donors.web.leads.due import due_words
from donors.web.leads.forms import owners
from donors.web.session import viewer

Page = str | Response | tuple[str, int]
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
        counts=tab_counts(session, looking=looking()),
        tabs=TABS,
        sources=SOURCES,
        methods=METHODS,
        outcomes=TRIED,
        owners=owners(session),
        can_add=viewer().may("leads.add") and "leads.new" in current_app.view_functions,
        now=g.now,
        due_words=due_words,
    )


def filter_page() -> Page:
    """The conditions of the queue in a form. Once they are whole, they lead to the leads that answer to them."""
    session = current_session()
    wanted, known = asked(session), lead_fields(session).seen_with(CARRIES[viewer().role])
    pairs = parse_qsl(request.query_string.decode(errors="replace"), keep_blank_values=True)
    sent, act = any(name == "open" for name, _ in pairs), request.args.get("act", "")
    root = acted(typed(pairs) if sent else wanted.root, act)
    wrong = problems(shown(root, known, g.organization, judged=act == "apply"))
    if act == "apply" and not wrong:
        return redirect(_narrowed(wanted, root), 303)
    root = root if root.parts else Group(root.join, (Line(),))
    page = render_template(
        "leads/filter.html",
        tree=shown(root, known, g.organization, judged=bool(wrong)),
        fields=offered(known.values()),
        periods=PERIODS,
        keep=[(name, value) for name, value in wanted.pairs if name not in ("f", "match")],
        said=_said(session, root, wanted),
        back=url_for(".index", **wanted.keep),
    )
    return (page, 422) if wrong else page


def choose() -> Response:
    """Leads the chosen rows to the page of an act. Raises NotFound."""
    act = request.form.get("act", "")
    if act not in DOORS:
        raise NotFound("act", act)
    if act == "convert":
        return redirect(url_for(DOORS[act], ids=request.form.getlist("ids")), 303)
    rows = {"everybody": "yes"} if request.form.get("everybody") else {"ids": request.form.getlist("ids")}
    return redirect(url_for(DOORS[act], **asked(current_session()).keep, **rows), 303)


def _narrowed(wanted: Asked, root: Group) -> str:
    here = [(name, value) for name, value in wanted.pairs if name not in ("f", "match")]
    join = [("match", root.join)] if root.join != "all" else []
    return f"{url_for('.index')}?{urlencode([*here, *join, *(('f', token) for token in finished(root))])}"


def _said(session: Session, root: Group, wanted: Asked) -> tuple[str, int] | None:
    """The conditions read back, and how many leads answer to them; none while a line cannot be read."""
    try:
        criteria = criteria_of(root, wanted.known, g.organization)
    except Invalid:
        return None
    sieve = LeadSieve(wanted.tab, wanted.text, wanted.sieve.owner_id, wanted.source, criteria)
    found = lead_page(session, sieve, Paging(size=1), looking=looking())
    return describe(criteria, wanted.known, g.organization), found.total
