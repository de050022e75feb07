"""Pairs that are likely the same: a queue with reasons, decisions one by one and many at once, and the way back."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.queries import users
from donors.constituents.matching.apart import Ids, declare_apart, withdraw
from donors.constituents.matching.models import PER_CENT
from donors.constituents.matching.pairs import (
    BANDS,
    PairFilter,
    count_bands,
    count_pairs,
    groups_of,
    pairs_page,
    visible_pairs,
)
from donors.constituents.matching.read import some
from donors.constituents.matching.search import ask, last_search, waiting
from donors.constituents.models import KINDS
from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.web.answer import done
from donors.web.door import local_path
from donors.web.filters import plural
from donors.web.forms import number
from donors.web.listing import page_number
from donors.web.session import viewer, web_act
from donors.web.take_back import own_change, take_back

APART, AGAIN = "duplicates.apart", "duplicates.again"
MOST = 500
"""Pairs that one form decides."""


def index() -> str:
    """The queue: pairs that nobody has decided, the likeliest first; or those that somebody set apart."""
    session, sees = current_session(), viewer().sees
    which = _which()
    page = pairs_page(session, which, sees=sees, number=page_number())
    ids = [one.id for line in page.rows for one in (line.low, line.high)]
    return render_template(
        "duplicates/index.html",
        page=page,
        which=which,
        counts=count_bands(session, sees=sees, kind=which.kind),
        decided=count_pairs(session, PairFilter(which.kind, decided=True), sees=sees),
        told={one.id: one for one in some(session, ids)},
        groups=groups_of(session, [line.group_id for line in page.rows if line.group_size > 2], sees=sees),
        by={line.user.id: line.user.name for line in users(session)} if which.decided else {},
        kinds=KINDS,
        limits=PER_CENT,
        last=last_search(session),
        asked=waiting(session),
        keep=_keep(which),
    )


def apart() -> Response:
    """The chosen pairs are not the same; it is remembered, and can be taken back."""
    session, chosen = current_session(), _chosen(current_session())
    if not chosen:
        return _nothing()
    within = open_change(session, APART, act=web_act())
    count = declare_apart(session, chosen, note=request.form.get("note", ""), within=within)
    said = f"{_named(session, chosen, count)} will not be shown again." if count else "That was decided already."
    undo = url_for(".undo", change_set_id=within.id, next=_back()) if count else ""
    return done(within, _back(), said, undo=undo)


def again() -> Response:
    """The chosen pairs go back into the queue."""
    session, chosen = current_session(), _chosen(current_session())
    if not chosen:
        return _nothing()
    within = open_change(session, AGAIN, act=web_act())
    count = withdraw(session, chosen, within=within)
    return done(within, _back(), f"{plural(count, 'pair')} to be decided again.")


def undo(change_set_id: int) -> Response:
    """Takes a decision back that was just made."""
    return take_back(own_change(change_set_id, (APART, AGAIN)), local_path(request.args.get("next"), url_for(".index")))


def search() -> Response:
    """Orders a search among everybody; the scheduler carries it out."""
    ask(current_session(), at=g.now, everybody=True)
    flash("Duplicates are being looked for among everybody; what is found appears here.", "good")
    return redirect(_back(), 303)


def _which() -> PairFilter:
    args = request.args
    kind, band = args.get("kind", ""), args.get("band", "")
    return PairFilter(
        kind=kind if kind in KINDS else "",
        band=band if band in BANDS else "",
        decided=args.get("show") == "decided",
        text=args.get("q", "").strip()[:100],
    )


def _keep(which: PairFilter) -> dict[str, str]:
    """What an address must say to show the same pairs."""
    asked = {"kind": which.kind, "band": which.band, "show": "decided" if which.decided else "", "q": which.text}
    return {name: value for name, value in asked.items() if value}


def _chosen(session: Session) -> list[Ids]:
    """The pairs that a form chose, each as `low-high`; those that the viewer does not see fall away."""
    parts = [text.partition("-") for text in request.form.getlist("pair")[:MOST]]
    ids = [(number(low), number(high)) for low, _, high in parts]
    whole = [(low, high) for low, high in ids if low is not None and high is not None]
    return visible_pairs(session, whole, sees=viewer().sees)


def _back() -> str:
    return local_path(request.form.get("next"), url_for(".index"))


def _named(session: Session, chosen: list[Ids], count: int) -> str:
    """One pair by its names, several by how many were decided."""
    if len(chosen) > 1:
        return plural(count, "pair")
    names = {one.id: one.name for one in some(session, chosen[0])}
    return " and ".join(names.get(one, str(one)) for one in chosen[0])


def _nothing() -> Response:
    flash("Choose at least one pair.", "warn")
    return redirect(_back(), 303)
