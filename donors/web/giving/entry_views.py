"""Entering gifts, one after another."""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.queries import constituents
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Invalid
from donors.giving.gift_input import GiftInput
from donors.giving.queries.gifts import GiftLine, entered_by, likely_same
from donors.giving.queries.listing import offered
from donors.plans.queries.plans import PlanFilter, plans
from donors.rollups.queries import values_of
from donors.web.choose import choice
from donors.web.filters import money
from donors.web.forms import refuse
from donors.web.giving.draft import People, people, wanted
from donors.web.giving.forms import GiftForm, gift_form, offer_funds, sign_of
from donors.web.session import viewer, web_act
from donors.workflows.gifts import Recorded, record_gift

Page = str | Response | tuple[str, int]
CARRIED = ("received_on", "method", "campaign", "appeal")
"""What the next gift of a pile has in common with the one before; the fund too."""


def new() -> Page:
    """Records a gift. A row more of funds or credits is asked of the server, so that it works without script."""
    session = current_session()
    choices = offered(session)
    if request.method == "GET":
        form = gift_form(None, choices, data=_proposed())
        return _shown(form, People(choice(session, request.args, "constituent")))
    form = gift_form(request.form, choices)
    who = people(session, form, request.form)
    if "add" in request.form:
        add_row(form, request.form["add"])
        offer_funds(form, choices)
        return _shown(form, people(session, form, request.form))
    same: list[GiftLine] = []
    if form.validate() & _named(form, who):
        try:
            given = wanted(form, who)
            same = _same(form, given)
            if not same:
                recorded = record_gift(session, given, act=web_act(), on=g.today)
                return _recorded(recorded, form)
        except AlreadyDone as done:
            return redirect(url_for(".gift_page", gift_id=done.outcome["gift_id"]), 303)
        except Invalid as error:
            refuse(form, error)
    return _shown(form, who, same), 422


def add_row(form: GiftForm, what: str) -> None:
    """One more row of funds or of soft credits."""
    rows = form.splits if what == "splits" else form.credits
    if len(rows) < (rows.max_entries or 1):
        rows.append_entry()


def _named(form: GiftForm, who: People) -> bool:
    """Whether the giver is known; says so at the field where not."""
    if who.giver.id is None:
        form.giver.errors = [who.giver.problem if who.giver.said else "Say who gave."]
    return who.giver.id is not None


def _same(form: GiftForm, given: GiftInput) -> list[GiftLine]:
    """Gifts that look like this one, unless somebody has said that it is another."""
    if form.another.data:
        return []
    return likely_same(current_session(), given, sees=viewer().sees, request_key=web_act().request_key)


def _proposed() -> dict[str, Any]:
    """What the form begins with: today, or what the gift before it had."""
    args = request.args
    day = args.get("received_on", "")
    try:
        received_on = datetime.fromisoformat(day).date() if day else g.today
    except ValueError:
        received_on = g.today
    return {
        "received_on": received_on,
        "method": args.get("method", ""),
        "splits": [{"fund": args.get("fund", None, int)}],
        "campaign": args.get("campaign", None, int),
        "appeal": args.get("appeal", None, int),
    }


def _recorded(recorded: Recorded, form: GiftForm) -> Response:
    gift = recorded.gift
    page = url_for(".gift_page", gift_id=gift.id)
    again = request.form.get("act") == "another"
    flash({"text": _words(recorded), "see": page, "label": "See it"} if again else _words(recorded), "good")  # type: ignore[arg-type]  # toasts take a mapping
    if not again:
        return redirect(page, 303)
    kept = {name: form[name].data for name in CARRIED if form[name].data}
    fund = form.splits[0].form.fund.data
    query = urlencode(kept | ({"fund": fund} if fund else {}))
    return redirect(f"{url_for('.new')}?{query}", 303)


def _words(recorded: Recorded) -> str:
    """What was recorded, and what it has changed: the total, levels, plans."""
    session, gift = current_session(), recorded.gift
    ids = {gift.constituent_id, *(change.constituent_id for change in recorded.changes)}
    names = {id_: row.name for id_, row in constituents(session, ids, sees=viewer().sees).items()}
    giver = names.get(gift.constituent_id, "The giver")
    said = [f"{money(gift.amount, gift.currency, locale=g.locale)} from {giver} is recorded."]
    total = values_of(session, gift.constituent_id).get("lifetime_total")
    if isinstance(total, int) and total != gift.base_amount:
        said.append(f"{money(total, g.currency, locale=g.locale, cents=None)} in all.")
    if viewer().may("levels.read"):
        said += [
            f"{names[change.constituent_id]} reached {change.new.name} ({change.track})."
            for change in recorded.changes
            if change.new is not None and change.rises and change.constituent_id in names
        ]
    started = plans(session, PlanFilter(constituent_id=gift.constituent_id), sees=viewer().sees)
    said += [f"The plan {one.template} has started." for one in started if one.plan.created_in == gift.created_in]
    return " ".join(said)


def _shown(form: GiftForm, who: People, same: list[GiftLine] | None = None) -> str:
    since = datetime.combine(g.today, time(), g.zone)
    entered = entered_by(current_session(), viewer().id, since=since, sees=viewer().sees)
    return render_template(
        "giving/new.html", form=form, who=who, same=same or [], entered=entered, sign=sign_of(form), story=None
    )
