"""Who is near an edge: upgrade candidates, and who will fall by time alone unless something comes in."""

from typing import Any

from flask import Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.core.paging import Paging, Sort, read_paging
from donors.reports.edge_rows import FALLING, NEAR, EdgesQuestion, can_fall
from donors.reports.edges import SORTS, all_edges, edges, months, rungs
from donors.reports.plain.edges import edge_rows, edges_document
from donors.web.charts.bars import Bars, Item, bars
from donors.web.constituents.chosen_views import Page, lead
from donors.web.filters import full_day
from donors.web.levels.bands import amount_words
from donors.web.reports.asked import Asked, asked_here, asked_track
from donors.web.reports.files import answer
from donors.web.reports.memory import memory

PERCENTS, DAYS = (5, 10, 25), (30, 90, 180, 365)


def edges_page() -> str:
    """One of the two lists."""
    session = current_session()
    question = asked_here(session, knows=False)
    if question is None:
        return render_template("reports/levels_none.html", title="Near an edge")
    asked, which = _asked(question), _which()
    falls = can_fall(session, asked)
    sums = {NEAR: rungs(session, asked, NEAR, memory=memory())}
    sums[FALLING] = rungs(session, asked, FALLING, memory=memory()) if falls else ()
    shown: dict[str, Any] = {"asked": question, "edges": asked, "which": which, "falls": falls, "sums": sums}
    return render_template(
        "reports/edges.html",
        page=edges(session, asked, which, _paging(), memory=memory()) if falls or which == NEAR else None,
        sort=str(_paging().sort[0]),
        percents=PERCENTS,
        spans=DAYS,
        drawn=_drawn(session, asked),
        keep=_keep(question),
        **shown,
    )


def _asked(question: Asked) -> EdgesQuestion:
    percent, days = (request.args.get(name, 0, int) for name in ("percent", "days"))
    return EdgesQuestion(
        question.question, percent if percent in PERCENTS else PERCENTS[1], days if days in DAYS else DAYS[1]
    )


def _which() -> str:
    which = request.args.get("which", NEAR)
    if which not in {NEAR, FALLING}:
        raise NotFound("list", which)
    return which


def _paging() -> Paging:
    paging = read_paging(request.args.get("page"), "50", request.args.get("sort"), fields=SORTS)
    return paging if paging.sort else Paging(paging.number, paging.size, (Sort("stake", descending=True),))


def _keep(question: Asked) -> dict[str, str]:
    asked = _asked(question)
    return {**question.keep, "which": _which(), "percent": str(asked.percent), "days": str(asked.days)}


def _drawn(session: Session, asked: EdgesQuestion) -> Bars | None:
    """What is at stake in each thirty days to come."""
    found = months(session, asked, memory=memory())
    if not any(people for _, people, _ in found):
        return None
    kind = asked.of.ladder.kind
    items = [
        Item(f"from {full_day(first, locale=g.locale)}", stake, amount_words(stake, kind), note=f"{people:,} fall")
        for first, people, stake in found
    ]
    return bars(items, width=400)


def edges_file() -> Response:
    """Both lists in one file."""
    session = current_session()
    question = asked_track(session, knows=False)
    asked = _asked(question)
    lists = [NEAR, FALLING] if can_fall(session, asked) else [NEAR]
    rows = [
        row
        for which in lists
        for row in edge_rows(all_edges(session, asked, which, _paging()), which, asked, g.organization)
    ]
    return answer("edges", _keep(question), lambda: rows, lambda: edges_document(asked, rows))


def edges_chosen() -> Page:
    """Leads the chosen rows to the page of an act of the list of constituents."""
    return lead(request.form.get("act", ""), {"ids": request.form.getlist("ids")})
