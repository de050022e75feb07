"""What a board or list is narrowed by, the views of it that are kept, and what its cards show."""

from urllib.parse import parse_qsl, urlencode

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.permissions import CARRIES
from donors.core.changes import open_change
from donors.core.criteria.describe import describe
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Invalid, NotAllowed
from donors.core.fields import FieldSet
from donors.pipeline.queries.board import count
from donors.pipeline.queries.sieve import Matching, Sieve
from donors.segments.boards import BOARD, BoardDraft, keep_facts, save_board
from donors.segments.members import fields
from donors.segments.queries import segment
from donors.segments.save import drop
from donors.web.answer import done
from donors.web.criteria.builder import PERIODS, acted, finished, offered, problems, shown, typed
from donors.web.criteria.tokens import Group, Line, criteria_of
from donors.web.pipeline.asked import Asked, asked
from donors.web.pipeline.facts import FACTS
from donors.web.session import viewer, web_act

Page = str | Response | tuple[str, int]


def filter_page() -> Page:
    """The criteria of a board in a form. Once they are whole, they lead to the board of those who answer to them."""
    session = current_session()
    wanted, known = asked(session), fields(session).seen_with(CARRIES[viewer().role])
    pairs = parse_qsl(request.query_string.decode(errors="replace"), keep_blank_values=True)
    sent, act = any(name == "open" for name, _ in pairs), request.args.get("act", "")
    root = acted(typed(pairs) if sent else wanted.root, act)
    wrong = problems(shown(root, known, g.organization, judged=act == "apply"))
    if act == "apply" and not wrong:
        return redirect(_narrowed(wanted, root), 303)
    root = root if root.parts else Group(root.join, (Line(),))
    page = render_template(
        "pipeline/filter.html",
        tree=shown(root, known, g.organization, judged=bool(wrong)),
        fields=offered(known.values()),
        periods=PERIODS,
        keep=[(name, value) for name, value in _rest(wanted)],
        said=_said(session, root, known, wanted),
        back=_here(wanted),
    )
    return (page, 422) if wrong else page


def save_view() -> Page:
    """Keeps this board as a view."""
    session = current_session()
    wanted = asked(session)
    if wanted.problem:
        raise Blocked("The view was not kept", (wanted.problem,))
    owner = None if request.form.get("shared") else viewer().id
    draft = BoardDraft(request.form.get("name", "")[:200], owner, place=wanted.place, sort=wanted.sort)
    if wanted.known is not None:
        draft = BoardDraft(draft.name, owner, wanted.criteria, wanted.place, wanted.sort)
    within = open_change(session, "view.save", act=web_act())
    kept = save_board(session, draft, within=within)
    return done(within, url_for(_endpoint(), view=kept.id), f"The view “{kept.name}” is kept.")


def drop_view(view_id: int) -> Page:
    """Takes a view away; a shared one only by those who change settings."""
    session = current_session()
    row = segment(session, view_id, sees=viewer().sees, subject=BOARD)
    if row.owner_id is None and not viewer().may("settings.write"):
        raise NotAllowed("settings.write")
    within = open_change(session, "view.drop", act=web_act())
    name = row.name
    drop(session, row, within=within)
    return done(within, url_for(".board_page"), f"The view “{name}” is gone.")


def choose_facts() -> Page:
    """Lets the viewer's cards show other facts, from now on."""
    session = current_session()
    within = open_change(session, "cards.choose", act=web_act())
    chosen = [name for name in FACTS if name in request.form.getlist("fact")]
    keep_facts(session, viewer().id, chosen, within=within)
    return done(within, _here(asked(session)), "The cards show what you chose.")


def _endpoint() -> str:
    return ".list_page" if request.args.get("from") == "list" else ".board_page"


def _here(wanted: Asked) -> str:
    return url_for(_endpoint(), **wanted.keep)


def _rest(wanted: Asked) -> list[tuple[str, str]]:
    """Where the board is, without its criteria."""
    here = [*wanted.place.items(), ("sort", wanted.sort)]
    return [*here, ("from", "list")] if request.args.get("from") == "list" else here


def _narrowed(wanted: Asked, root: Group) -> str:
    join = [("match", root.join)] if root.join != "all" else []
    tokens = [("f", token) for token in finished(root)]
    return f"{url_for(_endpoint())}?{urlencode([*_rest(wanted), *join, *tokens])}"


def _said(session: Session, root: Group, known: FieldSet, wanted: Asked) -> tuple[str, int] | None:
    """The criteria read back, and how many prospects answer to them; none while a line cannot be read."""
    try:
        criteria = criteria_of(root, known, g.organization)
    except Invalid:
        return None
    here = wanted.sieve
    narrowed = Sieve(
        here.pipeline_id, here.officer_id, None, Matching(criteria, known, g.organization.fiscal), here.only
    )
    found = count(session, narrowed, on=g.today, sees=viewer().sees)
    return describe(criteria, known, g.organization), found
