"""Hot claims: that a prospect gives at least so much by a day, with odds and a reason; and withdrawing one."""

from datetime import timedelta
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, Form, IntegerField, StringField
from wtforms.validators import InputRequired, Length

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Invalid
from donors.core.money import parse_money, to_decimal
from donors.pipeline.models import Prospect
from donors.pipeline.odds.claims import claim as claim_of
from donors.pipeline.odds.claims import claims_of
from donors.pipeline.odds.hot import Heat, claim_hot, withdraw_claim
from donors.pipeline.odds.queries import Which
from donors.pipeline.queries.board import card
from donors.pipeline.queries.prospects import prospect
from donors.web.forms import refuse, typed
from donors.web.pipeline.undo_views import carried_out
from donors.web.session import viewer, web_act

Page = str | Response | tuple[str, int]
IN_A_QUARTER = timedelta(days=91)


class HotForm(Form):
    """A claim that somebody is hot."""

    amount = StringField("At least", [InputRequired("Say at least how much.")])
    until_on = DateField("By", [InputRequired("Say by which day.")])
    odds = IntegerField("How sure, in per cent", [InputRequired("Write a number from 0 to 100.")])
    why = StringField("Why", [InputRequired("Say what makes you think so."), Length(max=300)])


def hot(prospect_id: int) -> Page:
    """Claims that a prospect is hot."""
    session = current_session()
    found = prospect(session, prospect_id, sees=viewer().sees)
    amount = "" if found.ask_amount is None else f"{to_decimal(found.ask_amount, g.currency):f}"
    form = HotForm(request.form, data={"until_on": g.today + IN_A_QUARTER, "amount": amount})
    if request.method == "POST" and form.validate():
        try:
            least = parse_money(typed(form.amount).strip(), g.currency, field="amount")
            heat = Heat(form.until_on.data or g.today, least, form.odds.data or 0, typed(form.why))
            within = open_change(session, "hot.claim", act=web_act(heat.why))
            claim_hot(session, prospect_id, heat, on=g.today, within=within)
            return carried_out(within, url_for(".prospect_page", prospect_id=prospect_id), "Your claim is kept.")
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
    shown = card(session, prospect_id, on=g.today, sees=viewer().sees)
    page = render_template("pipeline/hot.html", form=form, card=shown, prospect=found)
    return (page, 422) if request.method == "POST" else page


def withdraw_hot(hot_claim_id: int) -> Page:
    """Withdraws a claim."""
    session = current_session()
    found = claim_of(session, hot_claim_id, g.today, Which(viewer().sees))
    within = open_change(session, "hot.withdraw", act=web_act())
    withdraw_claim(session, hot_claim_id, on=g.today, within=within)
    back = url_for(".prospect_page", prospect_id=found.prospect.id)
    return carried_out(within, back, "The claim is withdrawn; it stays on record.")


def sureness(found: Prospect) -> dict[str, Any]:
    """What the page of a prospect says of claims."""
    return {"claims": claims_of(current_session(), found.id, g.today, Which(viewer().sees))}
