"""The form of a call report, and what it says as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import g
from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from donors.core.calendar import off_closed
from donors.pipeline.decide import FOLLOWING, OUTCOMES, OWN, READERS, TEAM
from donors.pipeline.models import Move
from donors.pipeline.move import Plan
from donors.pipeline.move_people import Guest, Present
from donors.pipeline.move_report import LONGEST, Report
from donors.web.forms import number, number_in, option, typed
from donors.web.pipeline.forms import METHOD_CHOICES, SHORT, TEXT
from donors.web.session import viewer

NEXT_IN = timedelta(days=14)
WHO, STAFF = "c", "u"


class ReportForm(Form):
    """A call report and the next move."""

    method = RadioField("How", choices=METHOD_CHOICES, default="call", validators=[InputRequired("Choose how.")])
    report = TextAreaField("What happened", TEXT)
    outcome = RadioField(
        "How did it go",
        choices=[option(code, words) for code, words in OUTCOMES.items()],
        validators=[InputRequired("Choose how it went.")],
    )
    following = RadioField(
        "Next move",
        choices=[*(option(code, words) for code, (words, _) in FOLLOWING.items()), option("", "None yet")],
        default="",
    )
    next_purpose = StringField("In your own words", SHORT)
    next_on = DateField("By", [Optional()])
    next_method = SelectField("How", choices=[option("", "any way"), *METHOD_CHOICES], default="")
    present = SelectMultipleField("Who was there", default=[])
    others = StringField("Others who were there", SHORT)
    made_on = DateField("On", [InputRequired("Enter the day.")])
    purpose = StringField("What it was for", SHORT)
    minutes = IntegerField("Minutes", [Optional(), NumberRange(1, LONGEST, "Write at most a day.")])
    substantive = SelectField(
        "It moved the work",
        choices=[option("", "as how and outcome say"), option("yes", "yes"), option("no", "no")],
        default="",
    )
    is_background = BooleanField("Background: the same for many, as a mailing or a gala")
    readers = SelectField(
        "Who may read it", choices=[option(code, words) for code, words in READERS.items()], default=""
    )
    prospect = SelectField("For", choices=[], default="")
    planned_id = HiddenField()
    version = HiddenField()


@dataclass(frozen=True)
class Offer:
    """Somebody who may have been there, to be ticked: `key` is what the form sends."""

    key: str
    name: str
    note: str = ""


def new_form(data: Any, offered: Sequence[Offer], *, on: date, planned: Move | None = None) -> ReportForm:
    """A call report to be filled in: today, in the way that was planned."""
    proposed: dict[str, object] = {"made_on": on, "next_on": on + NEXT_IN}
    if planned is not None:
        proposed |= {"planned_id": str(planned.id), "purpose": planned.purpose}
        proposed |= {"method": planned.method} if planned.method else {}
    return _offering(ReportForm(data, data=proposed), offered)


def filled_form(data: Any, offered: Sequence[Offer], move: Move, there: Sequence[Guest]) -> ReportForm:
    """The report of a move that was made, to be corrected."""
    readers = "" if move.confidential_to is None else TEAM if move.is_for_team else OWN
    names = ("method", "report", "outcome", "made_on", "purpose", "minutes", "is_background", "version")
    said = {name: getattr(move, name) for name in names} | {
        "readers": readers,
        "substantive": "yes" if move.is_substantive else "no",
        "prospect": str(move.prospect_id or ""),
        "present": [key_of(one.present) for one in there if not one.present.name],
        "others": ", ".join(one.present.name for one in there if one.present.name),
    }
    return _offering(ReportForm(data, data=said), offered)


def _offering(form: ReportForm, offered: Sequence[Offer]) -> ReportForm:
    form.present.choices = [option(one.key, one.name) for one in offered]
    return form


def key_of(present: Present) -> str:
    """What the form sends for a constituent or a user."""
    return f"{WHO}{present.constituent_id}" if present.constituent_id else f"{STAFF}{present.user_id}"


def read_report(form: ReportForm, *, unseen: Sequence[Present] = ()) -> Report:
    """What the form says. `unseen` were there too, but the viewer could not see them to tick them."""
    substantive: Mapping[str, bool] = {"yes": True, "no": False}
    return Report(
        made_on=form.made_on.data or g.today,
        method=typed(form.method),
        outcome=typed(form.outcome),
        report=typed(form.report),
        purpose=typed(form.purpose),
        officer_id=viewer().id,
        planned_id=number_in(form.planned_id),
        prospect_id=number_in(form.prospect),
        is_substantive=substantive.get(typed(form.substantive)),
        is_background=bool(form.is_background.data),
        minutes=form.minutes.data,
        present=(*unseen, *_present(form)),
        readers=typed(form.readers),
        next_move=next_move(form),
    )


def next_move(form: ReportForm) -> Plan | None:
    """The next move: in the words that were typed, else as it was tapped, else none."""
    words, prospect_id = typed(form.next_purpose).strip(), number_in(form.prospect)
    if words:
        on = form.next_on.data or g.today + NEXT_IN
        return Plan(words, on, typed(form.next_method), viewer().id, prospect_id=prospect_id)
    if typed(form.following) not in FOLLOWING:
        return None
    _, chosen = FOLLOWING[typed(form.following)]
    on = off_closed(g.today + timedelta(days=chosen.days), "monday", g.organization.closed)
    return Plan(chosen.purpose, on, chosen.method, viewer().id, prospect_id=prospect_id)


def _present(form: ReportForm) -> list[Present]:
    ticked = form.present.data or []
    found = [Present(constituent_id=number(key[1:])) for key in ticked if key.startswith(WHO)]
    found += [Present(user_id=number(key[1:])) for key in ticked if key.startswith(STAFF)]
    return [*found, *(Present(name=name) for name in typed(form.others).split(","))]
