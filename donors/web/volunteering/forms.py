"""The form of a shift, and the shift that it describes."""

from typing import Any

from wtforms import BooleanField, DateField, Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from donors.core.errors import Invalid
from donors.core.hours import parse_hours
from donors.volunteering.shift_input import ShiftInput
from donors.web.choose import Choice
from donors.web.forms import id_of, option, typed


class ShiftForm(Form):
    """A shift. `volunteer` is drawn by the finder of constituents."""

    volunteer = StringField("Volunteer")
    worked_on = DateField("Worked on", [InputRequired("Enter the day.")])
    hours = StringField("Hours", [InputRequired("Enter the time worked."), Length(max=20)])
    activity = SelectField("Activity", coerce=id_of)
    note = TextAreaField("Note", [Length(max=5000)])
    another = BooleanField("It is another shift")
    version = HiddenField()


def shift_form(values: Any, offered: list[tuple[int, str, bool]], *, data: dict[str, Any] | None = None) -> ShiftForm:
    """A form with what may be chosen: all activities offered now, and the one that the shift already names."""
    form = ShiftForm(values, data=data)
    now = form.activity.data
    form.activity.choices = [
        option("", "Not said"),
        *(option(id_, name) for id_, name, active in offered if active or id_ == now),
    ]
    return form


def named(form: ShiftForm, who: Choice) -> bool:
    """Whether the volunteer is known; says so at the field where not."""
    if who.id is None:
        form.volunteer.errors = [who.problem if who.said else "Say who worked."]
    return who.id is not None


def wanted(form: ShiftForm, who: Choice) -> ShiftInput:
    """The shift that a form describes. Raises Invalid, with the field of the form."""
    if who.id is None or form.worked_on.data is None:
        raise Invalid("volunteer", "", "is missing", "Say who worked.")
    return ShiftInput(
        constituent_id=who.id,
        worked_on=form.worked_on.data,
        minutes=parse_hours(typed(form.hours), field="hours"),
        activity_id=form.activity.data,
        note=typed(form.note).strip(),
    )


def on_clock(minutes: int) -> str:
    """Minutes as people type them: 1:30."""
    return f"{minutes // 60}:{minutes % 60:02}"
