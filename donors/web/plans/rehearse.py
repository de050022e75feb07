"""A plan on its days before it is one: for a chosen start, perhaps for somebody. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from wtforms import DateField, Form, HiddenField

from donors.core.db import Session
from donors.core.settings import organization
from donors.plans.dates import DateRule, Days, due_dates, unknown_anchors
from donors.plans.queries.anchors import days_of
from donors.plans.starting.first_tasks import Owner
from donors.plans.templates.drafts import Draft
from donors.plans.terms import ASK_DATE, BIRTHDAY, EVENT, FISCAL_YEAR_END
from donors.web.choose import Choice, choice
from donors.web.plans.choices import named, names
from donors.web.plans.drawn import Picture, nodes, picture
from donors.web.session import viewer
from donors.workflows.plan_preview import owners_of_drafts

GUESS = timedelta(days=60)
"""How far after the start an anchor is taken to lie that nobody has named."""
CIRCLE = "The steps wait for one another in a circle, so they have no days yet."
FIELDS = {EVENT: "event", ASK_DATE: "ask", BIRTHDAY: "birthday"}
"""Anchor → the field in which its day is typed."""


class RehearsalForm(Form):
    """From which day, for whom, and the days that steps are counted from and that are not known."""

    on = DateField("From")
    whom = HiddenField("For whom", id="whom")
    event = DateField("If the event is on")
    ask = DateField("If the ask is expected on")
    birthday = DateField("If the birthday is on")


@dataclass(frozen=True)
class Rehearsal:
    """What was asked, and the picture (none where `problem` says why). `asks` are the fields that the form shows.

    `known` are the days that are really known; the picture also has guesses. `owners`: place → who would get
    the step, where it is for somebody.
    """

    form: RehearsalForm
    who: Choice
    start: date
    known: Days
    asks: tuple[str, ...]
    picture: Picture | None
    problem: str = ""
    owners: Mapping[int, Owner] = field(default_factory=dict)


def rehearsal(
    session: Session, values: Mapping[str, str], drafts: Sequence[Draft], rule: DateRule, *, today: date
) -> Rehearsal:
    """The plan as it would go. `values` are those of an address or a form. Raises NotFound for a hidden constituent."""
    who = choice(session, values, "whom")
    start = _day(values, "on") or today
    given = {anchor: day for anchor, field in FIELDS.items() if (day := _day(values, field)) is not None}
    steps = nodes(drafts)
    days = _days(session, who.id, Days(start, given))
    missing = unknown_anchors(steps, days)
    guessed = Days(start, {**days.anchors, **{anchor: start + GUESS for anchor in missing}})
    asks = tuple(FIELDS[anchor] for anchor in FIELDS if anchor in missing or anchor in given)
    shown = {FIELDS[anchor]: day for anchor, day in guessed.anchors.items() if anchor in FIELDS}
    form = RehearsalForm(data={"on": start, "whom": who.id or "", **shown})
    try:
        dates = due_dates(steps, guessed, rule)
    except ValueError:
        return Rehearsal(form, who, start, days, asks, None, CIRCLE)
    known = names(session)
    owners: Mapping[int, Owner] = {}
    if who.id is not None:
        owners = owners_of_drafts(session, who.id, drafts, dates, start=start, by=viewer().id)
    called = {place: named(owner, known) for place, owner in owners.items()}
    drawn = picture(drafts, dates, start, known, called) if drafts else None
    return Rehearsal(form, who, start, days, asks, drawn, owners=owners)


def _days(session: Session, constituent_id: int | None, given: Days) -> Days:
    if constituent_id is not None:
        return days_of(session, [constituent_id], given).get(constituent_id, given)
    fiscal = organization(session).fiscal
    ends = fiscal.last_day(fiscal.year_of(given.start))
    return Days(given.start, {FISCAL_YEAR_END: ends, **given.anchors})


def _day(values: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(values.get(name, ""))
    except ValueError:
        return None
