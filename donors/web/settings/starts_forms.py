"""The form of a start rule."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Form, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from donors.core.errors import Invalid
from donors.core.hours import parse_hours, to_hours
from donors.core.money import parse_money, to_decimal
from donors.plans.starts.event import EVENTS, HOURS, MONEY, Ask, Event
from donors.plans.starts.models import StartRule
from donors.plans.starts.set_rules import LONGEST_COOL_DOWN, RuleDraft
from donors.web.forms import number, number_in, option, refuse, typed


class StartForm(Form):
    """What starts which plan, and how often. The numbers that events ask for are added by `start_form`."""

    event = RadioField("What happens", [InputRequired("Choose what starts the plan.")], choices=[])
    template = SelectField("Plan that starts", validate_choice=False)
    once = BooleanField("Once for each constituent, ever")
    cool_down = IntegerField(
        "Not again within",
        [Optional(), NumberRange(0, LONGEST_COOL_DOWN, f"From 0 to {LONGEST_COOL_DOWN}.")],
        description="Empty: each time.",
    )
    version = HiddenField()

    def offer(self, plans: Mapping[int, str], *, only: str = "") -> None:
        """Fills the choices; of a rule that is there, its own event is the only one."""
        known = [event for event in EVENTS.all() if only in ("", event.key)]
        self.event.choices = [option(event.key, event.label) for event in known]
        self.template.choices = [option("", "none"), *(option(key, name) for key, name in plans.items())]

    def draft(self, currency: str) -> RuleDraft:
        """What was typed. Raises Invalid, at its field, for a number that cannot be read."""
        event = EVENTS.get(typed(self.event))
        numbers = {ask.name: _read(event, ask, self, currency) for ask in event.asks} if event else {}
        return RuleDraft(
            event=typed(self.event),
            template_id=number_in(self.template) or 0,
            numbers={name: value for name, value in numbers.items() if value is not None},
            once=bool(self.once.data),
            cool_down=self.cool_down.data or 0,
        )

    def refuse(self, error: Invalid) -> None:
        """Shows an error at the field of the event that was chosen."""
        own = f"{slug(typed(self.event))}_{error.field}"
        refuse(self, Invalid(own if own in self._fields else error.field, error.value, error.problem, error.remedy))

    def asked(self, event: Event) -> list[tuple[Ask, Any]]:
        """The numbers that an event asks for, with their fields."""
        return [(ask, self[_name(event, ask)]) for ask in event.asks]


def start_form() -> type[StartForm]:
    """The form with a field for every number that an event asks for."""
    fields = {_name(event, ask): StringField(ask.label) for event in EVENTS.all() for ask in event.asks}
    return type("FullStartForm", (StartForm,), fields)


def slug(key: str) -> str:
    """The key of an event as a part of names of fields."""
    return key.replace(" ", "_")


def _name(event: Event, ask: Ask) -> str:
    return f"{slug(event.key)}_{ask.name}"


def _read(event: Event, ask: Ask, form: Form, currency: str) -> int | None:
    text = typed(form[_name(event, ask)])
    if not text.strip():
        return None
    if ask.kind == MONEY:
        return parse_money(text, currency, field=ask.name)
    bare = text.strip().replace(",", "")
    return parse_hours(bare, field=ask.name) if ask.kind == HOURS else _days(ask, bare)


def _days(ask: Ask, text: str) -> int:
    days = number(text)
    if days is None:
        raise Invalid(ask.name, text, "is no whole number", "Type digits only.")
    return days


def filled(row: StartRule, currency: str) -> dict[str, Any]:
    """A rule as the form shows it."""
    event = EVENTS.get(row.event)
    asks = event.asks if event else ()
    told = {
        f"{slug(row.event)}_{ask.name}": _shown(ask, row.numbers[ask.name], currency)
        for ask in asks
        if ask.name in row.numbers
    }
    return told | {
        "event": row.event,
        "template": str(row.template_id),
        "once": row.once,
        "cool_down": row.cool_down or None,
        "version": str(row.version),
    }


def _shown(ask: Ask, value: int, currency: str) -> str:
    if ask.kind == MONEY:
        return f"{to_decimal(value, currency):f}"
    return f"{to_hours(value).normalize():f}" if ask.kind == HOURS else str(value)
