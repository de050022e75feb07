"""What a board or list is narrowed by, the views of it that are kept, and what its cards show."""

from dataclasses import replace

from flask import g, request, url_for

from donors.accounts.permissions import CARRIES
from donors.core.changes import open_change
from donors.core.criteria.tree import Criteria
from donors.core.db import current_session
from donors.core.errors import Blocked, NotAllowed
from donors.pipeline.queries.board import count
from donors.pipeline.queries.sieve import Matching
from donors.segments.boards import BOARD, BoardDraft, keep_facts, save_board
from donors.segments.members import fields
from donors.segments.queries import segment
from donors.segments.save import drop
from donors.web.answer import done
from donors.web.criteria.narrow import Narrowing, Page, narrow
from donors.web.pipeline.asked import Asked, asked
from donors.web.pipeline.facts import FACTS
from donors.web.session import viewer, web_act


def filter_page() -> Page:
    """The criteria of a board in a form."""
    session = current_session()
    wanted, known = asked(session), fields(session).seen_with(CARRIES[viewer().role])

    def count_of(criteria: Criteria) -> int:
        matching = Matching(criteria, known, g.organization.fiscal)
        sieve = replace(wanted.sieve, stage_id=None, matching=matching)
        return count(session, sieve, on=g.today, sees=viewer().sees)

    return narrow(Narrowing("Pipeline", "prospect", url_for(_endpoint()), _rest(wanted), wanted.root, known, count_of))


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
