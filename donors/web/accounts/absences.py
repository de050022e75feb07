"""The form of an absence, and what both its pages have in common: one's own, and that of all users."""

from typing import Any

from flask import g
from wtforms import BooleanField, DateField, Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from donors.accounts.absences import AbsenceDraft
from donors.accounts.queries import users
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.web.filters import plural
from donors.web.forms import option, typed
from donors.web.session import web_act
from donors.workflows.absences import go_away


class AbsenceForm(Form):
    """From when until when, and who stands in. `user` is offered to administrators only."""

    user = SelectField("Who", coerce=int)
    from_on = DateField("First day away", [InputRequired("Enter a day.")])
    to_on = DateField("Last day away", [InputRequired("Enter a day.")])
    stand_in = SelectField("Stand-in", coerce=int, description="Gets what falls due in that time.")
    reason = StringField("Reason", [Length(max=200)], description="Seen by colleagues; may stay empty.")
    hands_over = BooleanField("Hand over what is due then already", default=True)


def absence_form(values: Any, *, of: int | None) -> AbsenceForm:
    """The form with its choices, as it was sent or empty; `of`: the user whose absence it is (none: anybody's)."""
    form = AbsenceForm(values or None, data={"from_on": g.today, "to_on": g.today, "stand_in": 0, "user": of or 0})
    active = [(line.user.id, line.user.name) for line in users(current_session()) if line.user.active]
    form.stand_in.choices = [option(0, "Nobody")] + [option(id_, name) for id_, name in active if id_ != of]
    if of is None:
        form.user.choices = [option(id_, name) for id_, name in active]
    else:
        del form.user
    return form


def note_absence(form: AbsenceForm, user_id: int) -> str:
    """Carries a valid form out and says what was done. Raises Invalid."""
    session = current_session()
    within = open_change(session, "absence.add", act=web_act())
    draft = AbsenceDraft(
        user_id,
        form.from_on.data or g.today,
        form.to_on.data or g.today,
        form.stand_in.data or None,
        typed(form.reason),
    )
    _absence, count = go_away(session, draft, hands_over=bool(form.hands_over.data), within=within)
    return "The absence is noted." + (f" {plural(count, 'task')} went to the stand-in." if count else "")
