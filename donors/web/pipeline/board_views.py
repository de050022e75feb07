"""The board, the same prospects as a list, and the moves that are late."""

from flask import g, render_template, request

from donors.core.db import current_session
from donors.pipeline.queries.board import SORTS, Page, board, cards, count
from donors.pipeline.queries.moves import count_late_moves, late_moves
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.sieve import ONLY
from donors.pipeline.queries.stages import pipelines, stages
from donors.web.pipeline.asked import ALL, NOBODY, Asked, asked
from donors.web.session import viewer

PER_PAGE = 50
TOP = 8


def board_page() -> str:
    """The board."""
    session, seen = current_session(), viewer().sees
    if not pipelines(session):
        return render_template("pipeline/none.html")
    wanted = asked(session)
    lanes = board(session, wanted.sieve, on=g.today, sees=seen, sort=wanted.sort, top=TOP)
    choices = [(lane.stage.id, lane.stage.name) for lane in lanes if lane.stage.is_active]
    return render_template("pipeline/board.html", lanes=lanes, choices=choices, **_frame(wanted))


def list_page() -> str:
    """The same prospects as a list."""
    session, seen = current_session(), viewer().sees
    if not pipelines(session):
        return render_template("pipeline/none.html")
    wanted = asked(session)
    page = Page(wanted.sort, PER_PAGE, (wanted.page - 1) * PER_PAGE)
    return render_template(
        "pipeline/list.html",
        rows=cards(session, wanted.sieve, page, on=g.today, sees=seen),
        total=count(session, wanted.sieve, on=g.today, sees=seen),
        per_page=PER_PAGE,
        **_frame(wanted),
    )


def moves_page() -> str:
    """Planned moves whose day has passed."""
    session, seen = current_session(), viewer().sees
    mine = request.args.get("officer", "") != ALL
    officer_id = viewer().id if mine else None
    text = request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return render_template(
        "pipeline/moves.html",
        rows=late_moves(
            session, on=g.today, sees=seen, officer_id=officer_id, limit=PER_PAGE, offset=max(0, number - 1) * PER_PAGE
        ),
        total=count_late_moves(session, on=g.today, sees=seen, officer_id=officer_id),
        page=max(1, number),
        per_page=PER_PAGE,
        mine=mine,
    )


def _frame(wanted: Asked) -> dict[str, object]:
    """What board and list share: the choices above them."""
    session = current_session()
    people = officers(session)
    names = {ALL: "Everybody", NOBODY: "Nobody"} | {str(user.id): user.name for user in people}
    return {
        "asked": wanted,
        "officers": [(key, name) for key, name in names.items()],
        "officer_name": names.get(wanted.officer, "somebody"),
        "only": ONLY,
        "sorts": SORTS,
        "pipelines": pipelines(session),
        "stages": stages(session, wanted.pipeline.id),
        "limits": sizes(session, on=g.today),
    }
