"""Making one record of two: with whom, side by side, what would come of it, and done."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.duplicates import likely_duplicates_of
from donors.constituents.matching.models import PER_CENT
from donors.constituents.matching.pairs import pair_of
from donors.constituents.models import Constituent
from donors.constituents.queries import constituent, reached
from donors.constituents.search import search
from donors.core.changes import Act, open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked
from donors.web.answer import done
from donors.web.choose import by_id
from donors.web.constituents.merge_page import Sides, sides
from donors.web.door import local_path
from donors.web.session import viewer, web_act
from donors.workflows.merging.merge import CHOICES, PRIMARIES, Pair, merge_constituents
from donors.workflows.merging.rehearse import Outcome, rehearse

Page = str | Response | tuple[str, int]
Two = tuple[Constituent, Constituent]


def merge(constituent_id: int) -> Page:
    """First with whom, then which of both stays and what it keeps; a preview of what comes of it; then the act."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    other = by_id(session, request.values.get("with", ""))
    if other is None:
        return _who(session, row)
    both = (row, other)
    seen = sides(session, both, request.form, on=g.today)
    if request.method == "GET":
        return _page(both, seen)
    try:
        if request.form.get("act") == "preview":
            return _page(both, seen, outcome=rehearse(session, [_pair(both, seen)], act=trial(), on=g.today)[0])
        return _merge(session, _pair(both, seen))
    except Blocked as error:
        session.rollback()
        return _page(both, sides(session, both, request.form, on=g.today), refused=error.reasons), 409


def trial() -> Act:
    """The act of a rehearsal, which leaves nothing: it has no request key."""
    return Act(by=viewer().id, at=g.now, through="web")


def _page(both: Two, seen: Sides, outcome: Outcome | None = None, refused: tuple[str, ...] = ()) -> str:
    return render_template(
        "constituents/merge.html",
        who=both[0],
        both=both,
        sides=seen,
        outcome=outcome,
        refused=refused,
        pair=pair_of(current_session(), both[0].id, both[1].id, sees=viewer().sees),
        limits=PER_CENT,
        back=_back(),
    )


def _back() -> str:
    """Where the viewer came from and goes back to; empty for the story of who stays."""
    return local_path(request.values.get("next"), "")


def _pair(both: Two, seen: Sides) -> Pair:
    """Who stays, who goes, and the columns that are taken from the one that goes."""
    goes = next((one.id for one in both if one.id != seen.survivor_id), seen.survivor_id)
    taken = frozenset(one.column for one in seen.fields if one.chosen == goes)
    return Pair(seen.survivor_id, goes, taken & (CHOICES | PRIMARIES.keys()))


def _merge(session: Session, pair: Pair) -> Response:
    within = open_change(session, "constituent.merge", act=web_act())
    merged = merge_constituents(session, pair, within=within, on=g.today)
    said = " ".join([f"Both records of {merged.survivor.name} are one now.", *merged.notes])
    there = _back() or url_for(".story_page", constituent_id=pair.survivor_id)
    return done(within, there, said, undo=url_for(".unmerge_page", change_set_id=within.id))


def _who(session: Session, row: Constituent) -> str:
    q = request.args.get("q", "").strip()[:100]
    hits = [hit for hit in search(session, q, sees=viewer().sees, kind=row.kind) if hit.id != row.id] if q else []
    likely = likely_duplicates_of(session, row.id, sees=viewer().sees)
    at = reached(session, [*(hit.id for hit in hits), *(one.id for one in likely)])
    return render_template("constituents/merge_who.html", who=row, q=q, hits=hits, likely=likely, reached=at)
