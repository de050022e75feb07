"""The fields of shifts that lists, criteria and exports can name."""

from typing import Any

from sqlalchemy import Date, func, type_coerce

from donors.constituents.models import Constituent
from donors.core.fields import Field, Join, Kind
from donors.volunteering.models import Activity, Shift

SUBJECT = "shift"
VOLUNTEER = Join(Constituent, Constituent.id == Shift.constituent_id)
ACTIVITY = Join(Activity, Activity.id == Shift.activity_id)


def _field(name: str, label: str, kind: Kind, column: Any, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, subject=SUBJECT, column=column, **more)


FIELDS = (
    _field("id", "Id", Kind.ID, Shift.id),
    _field("worked_on", "Worked on", Kind.DATE, Shift.worked_on),
    _field("volunteer", "Volunteer", Kind.TEXT, Constituent.name, joins=(VOLUNTEER,), order=Constituent.sort_name),
    _field("volunteer_id", "Volunteer id", Kind.ID, Shift.constituent_id),
    _field("hours", "Hours", Kind.MINUTES, Shift.minutes),
    _field("activity", "Activity", Kind.TEXT, Activity.name, joins=(ACTIVITY,)),
    _field("activity_id", "Activity id", Kind.ID, Shift.activity_id),
    _field("note", "Note", Kind.TEXT, Shift.note),
    _field("source", "Source", Kind.TEXT, Shift.source, help="The system that it came from."),
    _field("external_id", "External id", Kind.TEXT, Shift.external_id),
    _field(
        "recorded_on",
        "Recorded on",
        Kind.DATE,
        type_coerce(func.date(Shift.recorded_at), Date),
        help="When we learned of it; the day in UTC.",
    ),
)
"""Registered by app.py: `REGISTRY.add(*FIELDS)`."""
