"""The page of a rollup: its builder, the trial of what is typed, its versions. Nothing is written until “Save”."""

from dataclasses import replace

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from donors.core.db import Session, current_session, separate_reading
from donors.core.errors import Blocked, Conflict, Invalid
from donors.rollups.define import Draft, definition_of, draft_of, row_of
from donors.rollups.definition import Returns
from donors.rollups.models import RollupDefinition
from donors.web.accounts.views import Page
from donors.web.criteria.builder import acted
from donors.web.sent import sent_pairs
from donors.web.session import web_act
from donors.web.settings.rollups_editor import Editing, drafted, of, read_form
from donors.web.settings.rollups_show import Wrong, fields_of, named, page, wrong_with
from donors.workflows.rollups import Keeping, define_rollup, redefine_rollup, switch_rollup

TREE = ("add", "group", "remove")
PAGES = ("new", "verify")
"""Words that stand at the place of a key in addresses."""


def add() -> Page:
    """A new rollup: empty, or like one that is there."""
    if request.method == "POST":
        return _posted(None)
    like = request.args.get("like", "")
    if not like:
        return page(current_session(), Editing(), None)
    return page(current_session(), _like(draft_of(row_of(current_session(), like))), None)


def _like(draft: Draft) -> Editing:
    """The same with another part of the result, for a figure that stands beside it: the day of a largest gift."""
    editing = replace(of(draft), key="", label=f"{draft.label}, another", sorted_often="")
    others = [each for each in editing.returned if each != editing.kept]
    wished = Returns.DATE if Returns.DATE in others else others[0] if others else editing.kept
    return replace(editing, returns=wished)


def one(key: str) -> Page:
    """A rollup that is there."""
    session = current_session()
    row = row_of(session, key)
    return page(session, of(draft_of(row)), row, trial=("preview",) if row.is_active else ())


def save(key: str) -> Page:
    """Tries what was typed, or keeps it."""
    return _posted(row_of(current_session(), key))


def switch(key: str) -> Page:
    """Switches a rollup off, or on again."""
    session, active = current_session(), request.form.get("active") == "yes"
    row = switch_rollup(session, key, active=active, act=web_act(), on=g.today)
    words = f"“{row.label}” is in use again." if active else f"“{row.label}” is switched off. Its definition stays."
    return _went(row, words)


def _posted(row: RollupDefinition | None) -> Page:
    act = request.form.get("act", "look")
    editing = read_form(request.form, sent_pairs())
    if row is not None:
        editing = replace(editing, key=row.key)
    with separate_reading() as session:
        if act.partition(":")[0] in TREE or act == "look":
            return page(session, replace(editing, criteria=acted(editing.criteria, act)), row)
        try:
            draft = _read(session, editing if act == "save" else named(editing), row)
            if act != "save":
                return page(session, editing, row, trial=(act,))
        except Invalid as error:
            return page(session, editing, row, wrong=wrong_with(editing, error)), 422
    return _kept(draft, editing, row)


def _read(session: Session, editing: Editing, row: RollupDefinition | None) -> Draft:
    """The draft that was typed, when it makes a definition. Raises Invalid."""
    draft = drafted(editing, fields_of(session, editing), g.organization)
    if definition_of(session, draft, but=row.key if row else "").key in PAGES:
        raise Invalid("Key", draft.key or draft.label, "is the name of a page", "Choose another name or key.")
    return draft


def _kept(draft: Draft, editing: Editing, row: RollupDefinition | None) -> Page:
    session = current_session()
    try:
        if row is None:
            kept = define_rollup(session, draft, act=web_act(), on=g.today)
        else:
            keeping = Keeping(request.form.get("version", 0, int), request.form.get("effects") != "no")
            kept = redefine_rollup(session, row.key, draft, act=web_act(), on=g.today, keeping=keeping)
    except Invalid as error:
        return page(session, editing, row, wrong=wrong_with(editing, error)), 422
    except Blocked as error:
        return page(session, editing, row, wrong=Wrong({"label": error.message})), 422
    except Conflict as error:
        return page(session, editing, row_of(session, draft.key), wrong=Wrong({"label": error.message})), 409
    return _went(kept, f"“{kept.label}” is saved.")


def _went(row: RollupDefinition, said: str) -> Response:
    flash(said, "good")
    return redirect(url_for(".one", key=row.key), 303)
