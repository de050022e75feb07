"""Many sure pairs made one at once: who stays, what would come of it, and done."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.queries import constituent, constituents
from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, NotFound
from donors.web.answer import done
from donors.web.constituents.merge_views import Page, trial
from donors.web.door import local_path
from donors.web.session import viewer, web_act
from donors.workflows.merging.merge_many import Two, merge_many, sort_out
from donors.workflows.merging.rehearse import rehearse

MOST = 100
"""So many pairs are merged at once."""


def merges() -> Page:
    """Pairs that are surely one, sent as `pair` (low-high), several times: a preview, then the act."""
    session = current_session()
    asked = _pairs(request.values.getlist("pair"))
    pairs, unseen = _seen(session, asked[:MOST])
    if request.method == "POST" and request.form.get("act") == "merge" and pairs:
        return _merge(session, pairs)
    sorted_out = sort_out(session, pairs)
    outcomes = rehearse(session, sorted_out.pairs, act=trial(), on=g.today) if request.method == "POST" else []
    ids = {one for two in pairs for one in two}
    return render_template(
        "constituents/merges.html",
        pairs=pairs,
        wanted=sorted_out.pairs,
        outcomes=outcomes,
        left_out=sorted_out.left_out,
        unseen=unseen,
        too_many=max(0, len(asked) - MOST),
        people=constituents(session, ids, sees=viewer().sees),
        back=_back(),
        cancel=_ticked(asked),
    )


def _pairs(texts: Sequence[str]) -> list[Two]:
    """Pairs as forms send them. What cannot be read is left out."""
    found = []
    for text in dict.fromkeys(texts):
        low, _, high = text.partition("-")
        if all(part.isascii() and part.isdigit() and len(part) < 18 for part in (low, high)):
            found.append((int(low), int(high)))
    return found


def _seen(session: Session, pairs: Sequence[Two]) -> tuple[list[Two], int]:
    """Those of whom the viewer may see both, by the ids of now, and how many others there are."""
    found = []
    for two in pairs:
        try:
            low, high = (constituent(session, one, sees=viewer().sees).id for one in two)
            found.append((low, high))
        except NotFound:
            continue
    return found, len(pairs) - len(found)


def _merge(session: Session, pairs: Sequence[Two]) -> Response:
    within = open_change(session, "constituent.merge_many", act=web_act())
    merged = merge_many(session, pairs, within=within, on=g.today)
    stay = {one.survivor.id for one in merged}
    if not merged:
        raise Blocked("Nothing was merged", ("None of these pairs can be made one.",))
    said = f"{len(merged) + len(stay)} records are {len(stay)} now."
    undo = url_for(".unmerge_page", change_set_id=within.id)
    return done(within, _back(), said, undo=undo)


def _back() -> str:
    """Where the viewer came from and goes back to."""
    return local_path(request.values.get("next"), url_for("duplicates.index"))


def _ticked(pairs: Sequence[Two]) -> str:
    """The same, with these pairs chosen."""
    back = _back()
    return f"{back}{'&' if '?' in back else '?'}{urlencode([('pair', f'{low}-{high}') for low, high in pairs])}"
