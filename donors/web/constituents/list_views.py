"""The list of constituents: columns, conditions, kept views, files."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from donors.constituents.queries import reached
from donors.core.changes import open_change
from donors.core.criteria.tree import All, Compare, Operator
from donors.core.db import Session, current_session, separate_reading
from donors.core.errors import Blocked, Invalid, NotAllowed
from donors.core.fields import Field, Kind
from donors.plans.models import PlanTemplate
from donors.rollups.queries import definitions
from donors.segments.members import Member, Wanted, all_members, members
from donors.segments.queries import segment, segments
from donors.segments.save import Draft, drop, save
from donors.web.answer import done
from donors.web.constituents.asked import Asked, asked, here_asked
from donors.web.criteria.builder import offered
from donors.web.forms import number
from donors.web.past import ARGUMENTS
from donors.web.session import note_export, viewer, web_act
from donors.web.sheet import sheet

Page = str | AnyResponse | tuple[str, int]
MOST_CHOSEN = 500
KEPT = ("q", "match", "f", "col", "sort", "size", "view", "plan", *ARGUMENTS)
"""What the address of a list holds and keeps; `plan` is the template of which plans are to start for the chosen."""
NO_CONDITION = ")"
"""What an address holds to say that the conditions of its view are all taken away."""


def index() -> Page:
    """The list, narrowed by its conditions, or by those of a view."""
    session = current_session()
    wanted = here_asked(session)
    page = members(session, wanted.wanted, wanted.paging, sees=viewer().sees, on=g.today)
    return render_template(
        "constituents/list.html",
        asked=wanted,
        page=page,
        sort=str(page.sort[0]) if page.sort else "name",
        reached=reached(session, [row.id for row in page.rows]) if wanted.wanted.text else {},
        views=segments(session, sees=viewer().sees),
        shown=shown,
        columns_offered=offered(wanted.known.values()),
        keep=[(name, value) for name in KEPT for value in request.args.getlist(name)],
        address=address,
        starting=_starting(session),
        figures={one.key: one for one in definitions(session)},
    )


def _starting(session: Session) -> PlanTemplate | None:
    """The template of which plans are to start for those who are ticked."""
    template_id = number(request.args.get("plan", ""))
    return session.get(PlanTemplate, template_id) if template_id is not None and viewer().may("plans.write") else None


def shown(field: Field, value: object) -> object:
    """A value as the list shows it, where the template's filters do not: choices in words, yes and no."""
    if value is None:
        return ""
    if field.kind is Kind.CHOICE:
        option = field.option(value)
        return option.label if option else value
    return ("yes" if value else "") if field.kind is Kind.BOOLEAN else value


def address(**changes: object) -> str:
    """This list with something of its address changed; lists are repeated, none falls away."""
    if changes.get("f") == [] and request.args.get("view"):
        changes["f"] = [NO_CONDITION]
    kept: dict[str, object] = {name: request.args.getlist(name) for name in KEPT if request.args.getlist(name)}
    kept |= changes
    rows = [(name, each) for name, value in kept.items() for each in _several(value)]
    return f"{url_for('.index')}?{urlencode(rows)}" if rows else url_for(".index")


def _several(value: object) -> Iterable[object]:
    if value in (None, ""):
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def export() -> Page:
    """The list, or the chosen rows of it, as CSV. Leaves an audit row."""
    with separate_reading() as session:
        wanted = here_asked(session)
        ids = numbers(request.form.getlist("ids"))
        listed = wanted.wanted if request.form.get("everybody") or not ids else _chosen_only(wanted, ids)
        rows = list(all_members(session, listed, wanted.paging, sees=viewer().sees, on=g.today))
        columns = [wanted.known.named("id"), *wanted.columns]
        answer, count = sheet("constituents", columns, ([row.id, *_values(wanted, row)] for row in rows))
    note_export("constituents", rows=count, columns=list(listed.fields), view=wanted.view.id if wanted.view else None)
    return answer


def numbers(texts: list[str]) -> list[int]:
    """The ids among what a form sent, each once. Raises Invalid for more than a page may hold."""
    ids = [int(text) for text in dict.fromkeys(texts) if text.isascii() and text.isdigit() and len(text) < 18]
    if len(ids) > MOST_CHOSEN:
        raise Invalid("chosen", len(ids), "are too many at once", f"Choose at most {MOST_CHOSEN}.")
    return ids


def _chosen_only(wanted: Asked, ids: list[int]) -> Wanted:
    one = Compare("id", Operator.ANY_OF, tuple(ids))
    return replace(wanted.wanted, criteria=All((wanted.wanted.criteria, one)))


def _values(wanted: Asked, row: Member) -> list[Any]:
    return [row.values[field.name] for field in wanted.columns]


def save_view() -> Page:
    """Keeps this list as a view."""
    session = current_session()
    wanted = asked(session, MultiDict(request.args))
    if wanted.problems:
        raise Blocked("The view was not kept", wanted.problems)
    owner = None if request.form.get("shared") else viewer().id
    sort = ",".join(str(each) for each in wanted.paging.sort)
    draft = Draft(request.form.get("name", "")[:200], wanted.wanted.criteria, wanted.wanted.fields, sort, owner)
    within = open_change(session, "view.save", act=web_act())
    kept = save(session, draft, within=within)
    return done(within, url_for(".index", view=kept.id), f"The view “{kept.name}” is kept.")


def drop_view(view_id: int) -> Page:
    """Takes a view away; a shared one only by those who change settings, or nobody would dare to share."""
    session = current_session()
    row = segment(session, view_id, sees=viewer().sees)
    if row.owner_id is None and not viewer().may("settings.write"):
        raise NotAllowed("settings.write")
    within = open_change(session, "view.drop", act=web_act())
    name = row.name
    drop(session, row, within=within)
    return done(within, url_for(".index"), f"The view “{name}” is gone.")
