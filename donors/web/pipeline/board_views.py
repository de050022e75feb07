"""The board, the same prospects as a list, and the moves that are late."""

from flask import g, render_template, request

from donors.core.db import current_session
from donors.pipeline.asks.queries import purposes_of
from donors.pipeline.queries.board import SORTS, Page, board, cards, count
from donors.pipeline.queries.moves import count_late_moves, late_moves
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.sieve import ONLY
from donors.pipeline.queries.stages import pipelines, stages
from donors.pipeline.queries.swim import BY, Swim, swim_lanes
from donors.reports.velocity import stuck_cards
from donors.segments.boards import BOARD
from donors.segments.queries import segments
from donors.web.pipeline.asked import ALL, NOBODY, Asked, asked
from donors.web.pipeline.facts import FACTS, evidence_on, facts
from donors.web.reports.memory import memory
from donors.web.session import viewer

PER_PAGE = 50
TOP, IN_ROWS = 8, 3


def board_page() -> str:
    """The board."""
    session, seen = current_session(), viewer().sees
    if not pipelines(session):
        return render_template("pipeline/none.html")
    wanted = asked(session)
    rows: tuple[Swim, ...] = ()
    if wanted.lanes:
        rows = swim_lanes(session, wanted.sieve, wanted.lanes, Page(wanted.sort, IN_ROWS), on=g.today, sees=seen)
        lanes = tuple(lane for row in rows for lane in row.lanes)
    else:
        lanes = board(session, wanted.sieve, on=g.today, sees=seen, sort=wanted.sort, top=TOP)
    shown, cards = facts(session), [card for lane in lanes for card in lane.cards]
    return render_template(
        "pipeline/board.html",
        lanes=lanes,
        rows=rows,
        choices=[(one.id, one.name) for one in stages(session, wanted.pipeline.id)],
        facts=shown,
        stuck=stuck_cards(session, cards, g.today, memory=memory()) if "days" in shown else {},
        purposes=purposes_of(session, [card.prospect.id for card in cards]) if "purpose" in shown else {},
        proven=evidence_on(session, cards, wanted.pipeline.id) if "evidence" in shown else {},
        **_frame(wanted),
    )


def list_page() -> str:
    """The same prospects as a list."""
    session, seen = current_session(), viewer().sees
    if not pipelines(session):
        return render_template("pipeline/none.html")
    wanted = asked(session)
    page = Page(wanted.sort, PER_PAGE, (wanted.page - 1) * PER_PAGE)
    rows = cards(session, wanted.sieve, page, on=g.today, sees=seen)
    return render_template(
        "pipeline/list.html",
        rows=rows,
        stuck=stuck_cards(session, rows, g.today, memory=memory()),
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
        "every_fact": FACTS,
        "chosen_facts": facts(session),
        "by": BY,
        "kept_views": segments(session, sees=viewer().sees, subject=BOARD),
        "pipelines": pipelines(session),
        "stages": stages(session, wanted.pipeline.id),
        "limits": sizes(session, on=g.today),
    }
