"""Making one record of two."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.duplicates import likely_duplicates
from donors.constituents.models import Constituent
from donors.constituents.queries import constituent, contact_points, reached
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber
from donors.constituents.search import search
from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.web.answer import done
from donors.web.choose import by_id
from donors.web.constituents.forms import MergeForm
from donors.web.forms import option
from donors.web.session import viewer, web_act
from donors.workflows.merging.merge import CHOICES, Pair, merge_constituents

Page = str | Response | tuple[str, int]
ROWS = (
    ("title", "Title"),
    ("given_name", "Given name"),
    ("middle_name", "Middle name"),
    ("family_name", "Family name"),
    ("suffix", "Suffix"),
    ("nickname", "Called"),
    ("born_on", "Born on"),
    ("formal_salutation", "Formal salutation"),
    ("informal_salutation", "Friendly salutation"),
    ("addressee", "On the envelope"),
    ("note", "Good to know"),
)


def merge(constituent_id: int) -> Page:
    """First with whom, then which of both stays and what it keeps."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    other = by_id(session, request.values.get("with", ""))
    if other is None:
        return _who(session, row)
    form = MergeForm(request.form, data={"survivor": row.id})
    form.survivor.choices = [option(one.id, f"{one.name}, number {one.id}") for one in (row, other)]
    if request.method == "POST" and form.validate():
        return _merge(session, row, other, form.survivor.data)
    page = render_template("constituents/merge.html", who=row, other=other, form=form, rows=_rows(row, other))
    return page if request.method == "GET" else (page, 422)


def _merge(session: Session, row: Constituent, other: Constituent, survivor_id: int) -> Page:
    stays, goes = (row, other) if survivor_id == row.id else (other, row)
    chosen = {name for name in CHOICES if request.form.get(f"from-{name}") == str(goes.id)}
    within = open_change(session, "constituent.merge", act=web_act())
    pair = Pair(stays.id, goes.id, frozenset(chosen))
    merged = merge_constituents(session, pair, within=within, on=g.today)
    said = " ".join(["Both are one record now; the audit page can undo it.", *merged.notes])
    return done(within, url_for(".story_page", constituent_id=stays.id), said)


def _rows(row: Constituent, other: Constituent) -> list[tuple[str, str, object, object]]:
    """The facts in which the two differ: column, words, both values."""
    both = ((name, label, getattr(row, name), getattr(other, name)) for name, label in ROWS)
    found = [(name, label, mine, theirs) for name, label, mine, theirs in both if (mine or "") != (theirs or "")]
    has_parts = any(getattr(one, name) for one in (row, other) for name in ("given_name", "family_name"))
    return found if has_parts or row.name == other.name else [("name", "Name", row.name, other.name), *found]


def _who(session: Session, row: Constituent) -> str:
    q = request.args.get("q", "").strip()[:100]
    hits = [hit for hit in search(session, q, sees=viewer().sees, kind=row.kind) if hit.id != row.id] if q else []
    likely = likely_duplicates(session, _as_record(session, row), sees=viewer().sees, leaving_out=row.id)
    at = reached(session, [*(hit.id for hit in hits), *(one.id for one in likely)])
    return render_template("constituents/merge_who.html", who=row, q=q, hits=hits, likely=likely, reached=at)


def _as_record(session: Session, row: Constituent) -> NewConstituent:
    points = contact_points(session, row.id)
    return NewConstituent(
        kind=row.kind,
        name=row.name,
        given_name=row.given_name,
        family_name=row.family_name,
        suffix=row.suffix,
        emails=tuple(Email(one.address) for one in points.emails),
        phones=tuple(PhoneNumber(one.number) for one in points.phones),
        addresses=tuple(Address(postal_code=one.postal_code) for one in points.addresses),
    )
