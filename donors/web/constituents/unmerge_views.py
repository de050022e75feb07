"""The way back from a merge: what comes back, what stays, what was set since, what would come of it, and done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, render_template, request, url_for

from donors.constituents.queries import constituent
from donors.core.changes import ChangeSet
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, NotFound
from donors.core.history import change_set
from donors.core.undo_since import Setting
from donors.web.answer import done
from donors.web.constituents.counts import seen
from donors.web.constituents.merge_page import FIELDS, MARKS
from donors.web.constituents.merge_views import Page, trial
from donors.web.forms import number
from donors.web.session import viewer, web_act
from donors.workflows.merging.decide import Clash
from donors.workflows.merging.rehearse import Outcome, rehearse_parting
from donors.workflows.merging.unmerge import Parting, parting, unmerge
from donors.workflows.merging.what_parts import (
    SetSince,
    what_goes_back,
    what_stays,
    what_was_changed,
    what_was_set,
    who_parts,
)

LABELS: Mapping[str, str] = dict(
    (*FIELDS, *MARKS, ("deceased_on", "Died on"), ("deleted_at", "Taken out of all lists"))
)
DERIVED = frozenset({"sort_name", "search_text", "named_by_key"})
NAME_OF = frozenset({"given_name", "family_name"})
"""Where one of these was set again, the whole name follows from it."""
KEPT: Mapping[str, str] = {
    "gift": "A gift was moved to somebody else since; it stays there.",
    "credit": "Credit for a gift was moved since; it stays there.",
    "prospect": "A prospect went on in the pipeline since; it stays where it stands.",
    "running_plan": "A plan went on since; it stays as it is.",
    "assignment": "A charge of an officer was changed since; it stays as it is.",
    "standing": "A level has changed since; its history stays.",
}


@dataclass(frozen=True)
class Met:
    """A field that was set since: its name, before the merge, by the merge, and now. With a key it is a choice."""

    who: str
    label: str
    before: Any
    after: Any
    now: Any
    key: str


@dataclass(frozen=True)
class Kept:
    """A field that was set since and stays so: whose, as it was at the merge, as it is now, by whom and when."""

    who: str
    label: str
    before: Any
    now: Any
    by: str
    at: datetime


@dataclass(frozen=True)
class Asked:
    """What a page asks: which of many who were merged in one act, and which clashes give way to what was before."""

    only: tuple[int, ...]
    before: tuple[str, ...]


def unmerge_page(change_set_id: int) -> Page:
    """Shows what undoing a merge would do, and does it. What was set since is kept, but for what is chosen."""
    session = current_session()
    change = _change(session, change_set_id)
    ids = tuple(one for text in request.values.getlist("part") if (one := number(text)) is not None)
    asked = Asked(ids, tuple(request.form.getlist("before")))
    found = parting(session, change, only=ids)
    living = [constituent(session, now, sees=viewer().sees).id for _, now in found.pairs]
    if request.method == "GET":
        return _page(session, change, found, asked)
    try:
        if request.form.get("act") == "preview":
            return _page(session, change, found, asked, outcomes=_outcomes(session, change, asked))
        undoing = unmerge(session, change, act=web_act(), on=g.today, yielding=asked.before, only=ids)
    except Blocked as error:
        session.rollback()
        return _page(session, change, parting(session, change, only=ids), asked, refused=error.reasons), 409
    said = "Both records are there again." if len(living) == 1 else f"{len(living)} records are there again."
    return done(undoing, url_for(".story_page", constituent_id=living[0]), said)


def _outcomes(session: Session, change: ChangeSet, asked: Asked) -> list[Outcome]:
    return rehearse_parting(session, change, act=trial(), on=g.today, yielding=asked.before, only=asked.only)


def _change(session: Session, change_set_id: int) -> ChangeSet:
    """A merge that the viewer made, or anybody's for those who undo what others did. Raises NotFound."""
    change = change_set(session, change_set_id)
    if change.by_id != viewer().id and not viewer().may("changes.undo"):
        raise NotFound("change", change_set_id)
    return change


def _page(
    session: Session,
    change: ChangeSet,
    found: Parting,
    asked: Asked,
    *,
    outcomes: Sequence[Outcome] = (),
    refused: Sequence[str] = (),
) -> str:
    pairs = who_parts(session, found)
    names = {one.id: one.name for pair in pairs for one in pair}
    said = [_said(one) for one in found.clashes if not one.is_choice]
    return render_template(
        "constituents/unmerge.html",
        change=change,
        pairs=pairs,
        names=names,
        only=[old for old, _ in found.pairs] if found.still else [],
        back=seen(what_goes_back(session, change, found)),
        stays=seen(what_stays(session, change, found)),
        changed=seen(what_was_changed(session, change, found)),
        set_since=_set_since(what_was_set(session, change, found), names),
        met=[met for one in found.clashes if one.is_choice for met in _met(one, names)],
        before=asked.before,
        kept=list(dict.fromkeys(said)),
        outcomes=outcomes,
        refused=refused,
    )


def _set_since(found: Sequence[SetSince], names: Mapping[int, str]) -> list[Kept]:
    """The fields that people know, record by record."""
    told = []
    for one in found:
        if one.column in _known(each.column for each in found if each.constituent_id == one.constituent_id):
            who = names[one.constituent_id]
            told.append(Kept(who, _label(one.column), one.before, one.now, one.by or "the program", one.at))
    return told


def _met(clash: Clash, names: Mapping[int, str]) -> list[Met]:
    """The fields of a clash that people know; the choice stands beside the first of them."""
    columns = _known(one.column for one in clash.settings)
    known = [one for one in clash.settings if one.column in columns] or list(clash.settings[:1])
    who = names.get(clash.row[1], f"number {clash.row[1]}")
    return [_line(one, who, clash.key if one is known[0] else "") for one in known]


def _known(columns: Iterable[str]) -> list[str]:
    """Those of some columns that people know."""
    every = list(columns)
    derived = DERIVED | ({"name"} if NAME_OF & set(every) else frozenset())
    return [one for one in every if one not in derived]


def _line(one: Setting, who: str, key: str) -> Met:
    return Met(who, _label(one.column), one.before, one.after, one.now, key)


def _label(column: str) -> str:
    return LABELS.get(column, column.replace("_", " ").capitalize())


def _said(clash: Clash) -> str:
    table = clash.row[0]
    name = table.replace("_", " ")
    return KEPT.get(table, f"{name.capitalize()} {clash.row[1]} was changed since; it stays as it is.")
