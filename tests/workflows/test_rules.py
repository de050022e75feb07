"""The rules as one document: out and in again changes nothing, and errors name the place."""

import tomllib
from datetime import UTC, datetime

import pytest
import tomli_w
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, JournalEntry, open_change
from donors.core.errors import Invalid
from donors.core.history import wrote
from donors.core.settings import organization
from donors.levels.models import Level, Track
from donors.pipeline.models import Stage
from donors.plans.models import PlanTemplate, TemplateVersion
from donors.rollups.models import RollupDefinition
from donors.workflows.begin import begin
from donors.workflows.rules.apply import apply
from donors.workflows.rules.export import export

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DOCUMENT = """
[organization]
name = "Rivermouth"
fiscal_start_month = 7
closed_days = ["2026-12-24", 2026-12-25]

[[mail]]
name = "Letter"
subject = "Welcome, {dear}"
text = "Dear {dear}, thank you for {last_gift, or: your gift}."
look = "letter"

[[template]]
name = "Welcome"
skips_weekends = true
[[template.step]]
subject = "Call"
days = 1
[[template.step]]
subject = "Write"
kind = "mail"
mail = "Letter"
held = true
days = 3
waits_for = [{ step = 1, outcome = "no answer" }]
[[template.step]]
subject = "Tell of it"
kind = "stage"
stage = "Planned gifts / Notified"
waits_for = [1, 2]
joins = "any"

[[pipeline]]
name = "Planned gifts"
[[pipeline.stage]]
name = "Interested"
expected_days = 90
plan = "Welcome"
[[pipeline.stage]]
name = "Notified"

[[rollup]]
key = "engagement"
label = "Engagement"
source = "formula"
operation = "formula"
formula = "largest_lately + 20 * volunteer_minutes"

[[rollup]]
key = "largest_lately"
label = "Largest lately"
source = "hard"
operation = "largest"
frame = "last 2 fiscal years"
[[rollup.criteria.any]]
field = "amount"
operator = "at least"
value = "5"
[[rollup.criteria.any]]
field = "method"
operator = "is empty"

[[track]]
name = "Giving"
falls = "after days"
grace_days = 60
deceased = "keep"
criteria = { field = "gift_count", operator = "at least", value = 2 }
[[track.level]]
name = "Friend"
minimum = "1.00"
maximum = "500.00"
[[track.level]]
name = "Patron"
minimum = "500.00"
[[track.level.criteria.any]]
field = "city"
operator = "equals"
value = "Bonn"
[[track.level.criteria.any]]
field = "lifetime_total"
operator = "at least"
value = "5000"
[[track.effect]]
level = "Patron"
on = "rise"
act = "start plan"
plan = "Welcome"
once = true
[[track.effect]]
on = "fall"
act = "task"
words = "Call"
days = 3
[[track.effect]]
on = "leave"
act = "notice"
officer = true
cool_down = 30
active = false
"""


def change(session: Session) -> ChangeSet:
    """A change set to write in."""
    return open_change(session, "rules.apply", act=Act(by=None, at=AT, through="cli"))


def test_a_document_is_applied_and_its_export_changes_nothing(session: Session) -> None:
    """What the document says holds, and the export of it, applied again, writes no row at all."""
    begin(session, within=change(session))
    apply(session, tomllib.loads(DOCUMENT), within=change(session))
    assert organization(session).closed_days == ("2026-12-24", "2026-12-25")
    levels = session.scalars(select(Level.name).join(Track).where(Track.name == "Giving", Level.is_active))
    assert sorted(levels) == ["Friend", "Patron"]
    assert session.scalar(select(Stage.expected_days).where(Stage.name == "Interested")) == 90
    kept = session.scalars(
        select(RollupDefinition.key).where(RollupDefinition.key.in_(("engagement", "largest_lately")))
    )
    assert sorted(kept) == ["engagement", "largest_lately"]
    written = tomli_w.dumps(export(session))
    again = change(session)
    apply(session, tomllib.loads(written), within=again)
    assert wrote(session, again.id) == ()
    assert export(session) == tomllib.loads(written)


def test_an_absent_section_is_left_alone_and_removal_is_said(session: Session) -> None:
    """A template that is not named stays; one that says `active = false` is no longer offered."""
    apply(session, tomllib.loads(DOCUMENT), within=_begun(session))
    apply(session, {"template": [{"name": "Welcome", "active": False}]}, within=change(session))
    template = session.scalars(select(PlanTemplate)).one()
    assert not template.is_active
    assert session.scalar(select(func.count(TemplateVersion.id))) == 1
    assert organization(session).name == "Rivermouth"


def _begun(session: Session) -> ChangeSet:
    within = change(session)
    begin(session, within=within)
    return within


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"organisation": {}}, "document.organisation"),
        ({"organization": {"zone": 3}}, "organization.zone"),
        ({"organization": {"closed_days": ["Christmas"]}}, "organization.closed_days"),
        ({"template": [{"name": "A", "step": [{"days": 1}]}]}, r"template\[1\]\.step\[1\]\.subject"),
        (
            {"pipeline": [{"name": "P", "stage": [{"name": "S", "plan": "Nothing"}]}]},
            r"pipeline\[1\]\.stage\[1\]\.plan",
        ),
        ({"track": [{"name": "T", "measure": "joy"}]}, r"track\[1\]\.measure"),
        (
            {"track": [{"name": "T", "measure": "lifetime_total", "level": [{"name": "L", "minimum": "1.000,00"}]}]},
            r"track\[1\]\.level\[1\]\.minimum",
        ),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_error_names_its_place(session: Session, document: dict[str, object], place: str) -> None:
    """Every mistake is refused with the way to it."""
    begin(session, within=change(session))
    with pytest.raises(Invalid, match=place):
        apply(session, document, within=change(session))


def test_a_change_of_rules_leaves_its_before_images(session: Session) -> None:
    """What the document overwrote can be read, and undone, from the journal."""
    within = _begun(session)
    assert within.id
    later = change(session)
    apply(session, tomllib.loads(DOCUMENT), within=later)
    kept = session.scalars(select(JournalEntry.table_name).where(JournalEntry.change_set_id == later.id))
    assert {"level", "track"} <= set(kept)


def test_a_document_without_kinds_leaves_those_of_the_stages(session: Session) -> None:
    act = Act(by=None, at=datetime(2026, 3, 3, tzinfo=UTC), through="setup")
    rules = {"pipeline": [{"name": "P", "stage": [{"name": "S", "kind": "solicitation", "required": ["officer"]}]}]}
    apply(session, rules, within=open_change(session, "rules", act=act))
    bare = {"pipeline": [{"name": "P", "stage": [{"name": "S", "expected_days": 9}]}]}
    apply(session, bare, within=open_change(session, "rules", act=act))
    row = session.scalars(select(Stage).where(Stage.name == "S")).one()
    assert (row.kind, row.required, row.expected_days) == ("solicitation", ["officer"], 9)
