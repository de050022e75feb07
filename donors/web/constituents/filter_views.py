"""The filter of the list: the form in which conditions and groups are put together."""

from urllib.parse import parse_qsl, urlencode

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.criteria.describe import describe
from donors.core.db import Session, current_session
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.segments.members import Wanted, members
from donors.web.constituents.asked import here_asked
from donors.web.constituents.list_views import KEPT
from donors.web.criteria.builder import PERIODS, acted, finished, offered, problems, shown, typed
from donors.web.criteria.tokens import Group, Line, criteria_of
from donors.web.session import viewer

Page = str | Response | tuple[str, int]
OWN = ("f", "match", "page")


def filter_page() -> Page:
    """The conditions of a list in a form. Once they are whole, they lead to the list that answers to them."""
    session = current_session()
    asked = here_asked(session)
    pairs = parse_qsl(request.query_string.decode(errors="replace"), keep_blank_values=True)
    sent, act = any(name == "open" for name, _ in pairs), request.args.get("act", "")
    root = acted(typed(pairs), act) if sent else acted(asked.root, act)
    tree = shown(root, asked.known, g.organization, judged=act == "apply")
    wrong = problems(tree)
    if act == "apply" and not wrong:
        return redirect(_list(root), 303)
    page = render_template(
        "constituents/filter.html",
        tree=shown(
            root if root.parts else Group(root.join, (Line(),)), asked.known, g.organization, judged=bool(wrong)
        ),
        fields=offered(asked.known.values()),
        periods=PERIODS,
        keep=_kept(),
        said=_said(session, root, asked.known, asked.wanted),
        back=_list(asked.root),
    )
    return (page, 422) if wrong else page


def _kept() -> list[tuple[str, str]]:
    names = [name for name in KEPT if name not in OWN]
    return [(name, value) for name in names for value in request.args.getlist(name)]


def _list(root: Group) -> str:
    join = [("match", root.join)] if root.join != "all" else []
    tokens = [("f", token) for token in finished(root)] or [("f", "")]
    return f"{url_for('.index')}?{urlencode([*_kept(), *join, *tokens])}"


def _said(session: Session, root: Group, known: FieldSet, wanted: Wanted) -> tuple[str, int] | None:
    """The conditions read back, and how many answer to them; none while a line cannot be read."""
    try:
        criteria = criteria_of(root, known, g.organization)
    except Invalid:
        return None
    asked = Wanted((), criteria, wanted.text)
    found = members(session, asked, here_asked(session).paging, sees=viewer().sees, on=g.today)
    return describe(criteria, known, g.organization), found.total
