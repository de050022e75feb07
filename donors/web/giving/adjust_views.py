"""What is done with a gift afterwards: refund, correct, take back, move, remove. Each has a page of its own."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Conflict, Invalid, NotFound
from donors.core.money import parse_money
from donors.giving.gift_input import AdjustmentInput
from donors.giving.queries.gifts import Story, story
from donors.web.choose import Choice, choice
from donors.web.filters import money
from donors.web.forms import number_in, refuse, typed
from donors.web.giving.draft import plain
from donors.web.giving.forms import CorrectForm, MoveForm, RefundForm
from donors.web.session import viewer, web_act
from donors.workflows import adjust

Page = str | Response | tuple[str, int]
CHANGED = "Somebody else has changed this gift in the meantime. Look at it as it stands above, and send it again."


def _story(gift_id: int) -> Story:
    return story(current_session(), gift_id, sees=viewer().sees)


def _to(gift_id: int, said: str) -> Response:
    flash(said, "good")
    return redirect(url_for(".gift_page", gift_id=gift_id), 303)


def _back(gift_id: int) -> Response:
    return redirect(url_for(".gift_page", gift_id=gift_id), 303)


def refund(gift_id: int) -> Page:
    """Gives back a part or all of a gift."""
    found = _story(gift_id)
    left = plain(found.worth.amount, found.gift.currency)
    form = RefundForm(request.form, data={"amount": left, "on": g.today, "version": found.gift.version})
    if request.method == "POST" and form.validate():
        answer = _adjusted(found, form, adjust.refund_gift, "is refunded.")
        if answer is not None:
            return answer
    return _form_page("giving/refund.html", found, form)


def correct(gift_id: int) -> Page:
    """Corrects what a gift was worth from the beginning."""
    found = _story(gift_id)
    form = CorrectForm(request.form, data={"version": found.gift.version})
    if request.method == "POST" and form.validate():
        answer = _adjusted(found, form, adjust.correct_gift, "is the gift’s right amount now.")
        if answer is not None:
            return answer
    return _form_page("giving/correct.html", found, form)


def _adjusted(found: Story, form: RefundForm | CorrectForm, act: Any, said: str) -> Response | None:
    gift = found.gift
    try:
        given = AdjustmentInput(
            amount=parse_money(typed(form.amount), gift.currency, field="amount"),
            on=form.on.data if isinstance(form, RefundForm) else None,
            reason=typed(form.reason).strip(),
            expect=number_in(form.version),
        )
        act(current_session(), gift.id, given, act=web_act(given.reason), on=g.today)
    except AlreadyDone:
        return _back(gift.id)
    except Invalid as error:
        refuse(form, error)
        return None
    except Conflict:
        form.form_errors.append(CHANGED)
        form.version.data = str(gift.version)
        return None
    return _to(gift.id, f"{money(given.amount, gift.currency, locale=g.locale)} {said}")


def _form_page(template: str, found: Story, form: Any, **more: Any) -> Page:
    page = render_template(template, story=found, gift=found.gift, form=form, **more)
    return page if request.method == "GET" else (page, 422)


def take_back(gift_id: int, adjustment_id: int) -> Response:
    """Removes a refund or a correction, as if it had never been."""
    found = _story(gift_id)
    if adjustment_id not in {one.id for one in found.adjustments}:
        raise NotFound("adjustment", adjustment_id)
    try:
        adjust.take_back_adjustment(current_session(), adjustment_id, act=web_act(), on=g.today)
    except AlreadyDone:
        return _back(gift_id)
    return _to(gift_id, "The adjustment is taken back.")


def move(gift_id: int) -> Page:
    """Gives the gift to another giver."""
    session, found = current_session(), _story(gift_id)
    form, who = MoveForm(request.form), Choice()
    if request.method == "POST":
        who = choice(session, request.form, "to")
        if who.id is None:
            form.to.errors = [who.problem if who.said else "Say who gave it."]
        elif who.id == found.giver.id:
            form.to.errors = ["The gift is theirs already."]
        else:
            try:
                adjust.move_gift(session, gift_id, to=who.id, act=web_act(), on=g.today)
            except AlreadyDone:
                return _back(gift_id)
            return _to(gift_id, f"The gift is {who.typed}’s now." if who.typed else "The gift is moved.")
    return _form_page("giving/move.html", found, form, who=who)


def remove(gift_id: int) -> Page:
    """Takes a gift out of the books, once it was asked for twice."""
    found = _story(gift_id)
    if request.method == "GET":
        return render_template("giving/remove.html", story=found, gift=found.gift, changed=False)
    try:
        adjust.remove_gift(
            current_session(), gift_id, act=web_act(), on=g.today, expect=request.form.get("version", None, int)
        )
    except AlreadyDone:
        return redirect(url_for(".list_page"), 303)
    except Conflict:
        return render_template("giving/remove.html", story=found, gift=found.gift, changed=True), 409
    flash(f"The gift of {found.giver.name} is removed. The journal keeps it.", "good")
    return redirect(url_for(".list_page"), 303)
