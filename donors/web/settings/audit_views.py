"""Settings › Changes: every act with what it wrote, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.permissions import ADMINISTRATOR
from donors.accounts.queries import users
from donors.core.changes import JournalEntry
from donors.core.db import current_session
from donors.core.history import change_set, change_sets, entries, wrote
from donors.core.undo_plan import UndoPlan, plan_undo
from donors.pipeline.queries.moves import readable
from donors.web.session import viewer, web_act
from donors.web.settings.acts import words
from donors.workflows.merging.unmerge import is_merge
from donors.workflows.undo import undo_change
from donors.workflows.undone import ALONG

settings_audit = Blueprint("settings_audit", __name__, url_prefix="/settings/audit")

DOORS = {"web": "Pages", "cli": "Commands", "job": "Scheduler", "import": "Imports", "api": "API", "demo": "Practice"}
MOVES = frozenset({"move", "presence"})
HIDDEN = {"not shown": "for its officer and administrators only"}
LARGEST = 5000
"""Undos of more rows than this are left to the page of their import, which goes in parts."""


@settings_audit.get("")
def changes_page() -> str:
    """Change sets, the newest first."""
    session = current_session()
    page = change_sets(
        session,
        number=request.args.get("page", 1, int),
        by=request.args.get("by", None, int),
        kind=request.args.get("kind", ""),
        through=request.args.get("through", ""),
    )
    return render_template("settings/changes.html", page=page, names=_names(), doors=DOORS, words=words)


@settings_audit.get("/<int:change_set_id>")
def change_page(change_set_id: int) -> str:
    """One change set: what it wrote, what was before, and what stands in the way of undoing it."""
    session = current_session()
    found = change_set(session, change_set_id)
    merged = is_merge(session, found)
    return render_template(
        "settings/change.html",
        change=found,
        wrote=wrote(session, found.id),
        entries=_images(entries(session, found.id)),
        plan=UndoPlan({}, {}, ()) if merged else plan_undo(session, found, along=ALONG),
        merged=merged,
        largest=LARGEST,
        names=_names(),
        doors=DOORS,
        words=words,
    )


@dataclass(frozen=True)
class Image:
    """A before-image as the viewer may read it."""

    table_name: str
    row_id: int
    act: str
    before: Mapping[str, Any]


def _images(found: Sequence[JournalEntry]) -> list[Image]:
    """Before-images, but for those of moves that are only for others; of a move that is gone nobody can tell."""
    moves = {named for entry in found if (named := _move(entry)) is not None}
    open_ones = readable(current_session(), moves, sees=viewer().sees) if moves else set()
    everything = viewer().role == ADMINISTRATOR
    return [
        Image(
            entry.table_name,
            entry.row_id,
            entry.act,
            entry.before if everything or _move(entry) in {None, *open_ones} else HIDDEN,
        )
        for entry in found
    ]


def _move(entry: JournalEntry) -> int | None:
    """The move of which a before-image tells; none for other tables. Of someone present a delete alone is kept."""
    if entry.table_name not in MOVES:
        return None
    named: int = entry.row_id if entry.table_name == "move" else entry.before.get("move_id", 0)
    return named


@settings_audit.post("/<int:change_set_id>/undo")
def undo_it(change_set_id: int) -> Response:
    """Undoes a change set, and shows the undo, which can be undone in its turn."""
    session = current_session()
    undoing = undo_change(session, change_set(session, change_set_id), act=web_act(), on=g.today)
    flash("It is undone.", "good")
    return redirect(url_for(".change_page", change_set_id=undoing.id), 303)


def _names() -> dict[int, str]:
    return {line.user.id: line.user.name for line in users(current_session())}


def register(app: Flask) -> None:
    """Adds the pages, and gives templates `kind|act_words`."""
    app.jinja_env.filters["act_words"] = words
    app.register_blueprint(settings_audit)
