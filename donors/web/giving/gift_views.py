"""One gift: what it is, who it counts for, what was done to it; and changing it."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.queries import users
from donors.core.changes import ChangeSet
from donors.core.db import Session, current_session
from donors.core.errors import AlreadyDone, Conflict, Invalid
from donors.giving.fields import METHODS
from donors.giving.queries.gifts import Story, story
from donors.giving.queries.history import history
from donors.giving.queries.listing import offered
from donors.levels.queries import history as levels_of
from donors.pipeline.asks.gifts import asks_of_gift, asks_waiting_for
from donors.pipeline.asks.queries import Ask
from donors.plans.queries.plans import PlanFilter, plans
from donors.rollups.queries import figures_of
from donors.web.choose import Choice
from donors.web.filters import money
from donors.web.forms import number_in, refuse
from donors.web.giving.compare import Difference, differences
from donors.web.giving.draft import People, data_of, kept, people, soft_of, wanted
from donors.web.giving.entry_views import add_row
from donors.web.giving.forms import gift_form, offer_funds, sign_of
from donors.web.session import viewer, web_act
from donors.workflows.adjust import edit_gift

Page = str | Response | tuple[str, int]
SIDE = ("lifetime_total", "this_fiscal_year_total", "last_365_days_total", "gift_count", "largest_gift")
DID = {
    "gift.refund": "Refunded",
    "gift.correct": "Corrected",
    "gift.take_back": "Adjustment taken back",
    "gift.edit": "Changed",
    "gift.move": "Moved to another giver",
    "constituents.merge": "Credit moved by a merge",
}
"""Kind of change set → the word for it in the history of a gift."""

BEFORE = {
    "amount": "amount",
    "received_on": "received on",
    "method": "method",
    "note": "note",
    "hides_name": "name hidden",
}
"""Columns whose former value the history tells."""


def gift_page(gift_id: int) -> str:
    """The gift."""
    session = current_session()
    found = story(session, gift_id, sees=viewer().sees)
    names = {line.user.id: line.user.name for line in users(session)}
    figures = figures_of(session, found.gift.constituent_id)
    return render_template(
        "giving/gift.html",
        story=found,
        gift=found.gift,
        methods=METHODS,
        figures=[figures[key] for key in SIDE if key in figures],
        brought=_brought(session, found),
        **_asks(session, found),
        history=[
            (
                done,
                _title(done.change, found),
                names.get(done.change.by_id or 0, "Perennial itself"),
                _former(done.before, found),
            )
            for done in history(session, found.gift)
        ],
    )


def _asks(session: Session, found: Story) -> dict[str, list[Ask]]:
    """The asks that the gift fulfils, or else those that it may."""
    if not viewer().may("pipeline.read"):
        return {"fulfils": [], "waiting": []}
    fulfils = asks_of_gift(session, found.gift.id, sees=viewer().sees)
    may_link = viewer().may("pipeline.write") and not fulfils and found.worth.amount > 0
    waiting = asks_waiting_for(session, found.gift, sees=viewer().sees) if may_link else []
    return {"fulfils": fulfils, "waiting": waiting}


def _brought(session: Session, found: Story) -> list[tuple[str, str]]:
    """What the gift has led to: levels reached with it, plans started with it."""
    gift, lines = found.gift, []
    if viewer().may("levels.read"):
        lines += [
            (f"Reached {past.level}", past.track)
            for past in levels_of(session, gift.constituent_id)
            if past.standing.cause_gift_id == gift.id
        ]
    if viewer().may("plans.read"):
        every = plans(session, PlanFilter(constituent_id=gift.constituent_id), sees=viewer().sees)
        lines += [(f"Started {one.template}", "Plan") for one in every if one.plan.created_in == gift.created_in]
    return lines


def _title(change: ChangeSet, found: Story) -> str:
    if change.id == found.gift.created_in:
        return "Imported" if change.kind.startswith("import.") else "Recorded"
    return DID.get(change.kind, change.kind.replace(".", ": ").replace("_", " ").capitalize())


def _former(before: dict[str, Any], found: Story) -> str:
    """The former values in words."""
    said = []
    for column, label in BEFORE.items():
        value = before.get(column)
        if value in (None, ""):
            continue
        if column == "amount":
            value = money(value, found.gift.currency, locale=g.locale)
        said.append(f"{label} was {'yes' if value is True else 'no' if value is False else value}")
    return "; ".join(said)


def edit(gift_id: int) -> Page:
    """Changes a gift. When somebody else was faster, both versions are shown and nothing typed is lost."""
    session = current_session()
    found = story(session, gift_id, sees=viewer().sees)
    choices = offered(session)
    if request.method == "GET":
        form = gift_form(None, choices, data=data_of(found))
        return _edit_page(found, form, _people_of(found))
    form = gift_form(request.form, choices)
    who = people(session, form, request.form, but=found)
    if "add" in request.form:
        add_row(form, request.form["add"])
        offer_funds(form, choices)
        return _edit_page(found, form, people(session, form, request.form, but=found))
    given = None
    if form.validate():
        try:
            given = kept(found, wanted(form, who))
            edit_gift(session, gift_id, given, act=web_act(), on=g.today, expect=number_in(form.version))
            flash("The gift is changed.", "good")
            return redirect(url_for(".gift_page", gift_id=gift_id), 303)
        except AlreadyDone:
            return redirect(url_for(".gift_page", gift_id=gift_id), 303)
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            rows = differences(found, given, who, choices) if given else []
            form.version.data = str(found.gift.version)
            return _edit_page(found, form, who, rows), 409
    return _edit_page(found, form, who), 422


def _people_of(found: Story) -> People:
    names = {one.constituent_id: one.name or "Confidential" for one in found.credits}
    credited = tuple(Choice((one.to_id, names.get(one.to_id, "Somebody"))) for one in soft_of(found))
    return People(Choice((found.giver.id, found.giver.name)), credited)


def _edit_page(found: Story, form: Any, who: People, rows: list[Difference] | None = None) -> str:
    return render_template("giving/edit.html", form=form, who=who, story=found, rows=rows, sign=sign_of(form))
