"""The days to which things are put off: the next working day, Monday, in a week."""

from datetime import date, timedelta

from flask import g, request
from wtforms import Field

from donors.core.calendar import add_working_days, off_closed
from donors.core.db import current_session
from donors.core.settings import organization


def days_to_choose() -> list[tuple[date, str]]:
    """Days with their names, each once, the nearest first."""
    closed = organization(current_session()).closed
    monday = off_closed(g.today + timedelta(days=7 - g.today.weekday()), "monday", closed)
    week = off_closed(g.today + timedelta(days=7), "monday", closed)
    found = {week: "In a week", monday: f"{monday:%A}", next_working_day(): f"{next_working_day():%A}"}
    found |= {day: "Tomorrow" for day in found if day == g.today + timedelta(days=1)}
    return sorted(found.items())


def next_working_day() -> date:
    """The day that is meant when nothing else is said."""
    return add_working_days(g.today, 1, organization(current_session()).closed)


def chosen_day(field: Field) -> date:
    """The day of the button that was pressed, or else that of the field."""
    try:
        return date.fromisoformat(request.form.get("when", ""))
    except ValueError:
        typed: date | None = field.data
        return typed or g.today
