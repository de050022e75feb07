"""The editor of templates, without any script: steps added, moved, taken away; mistakes at their places; a picture."""

import re
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.pipeline.assign import Charge, assign
from donors.plans.models import PlanTemplate
from donors.plans.queries.templates import drafts_of, newest_version
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.web.plans.editor import Editing, Typed, Waits
from donors.web.plans.rows import acted
from tests.cast import DORA, SAM, Person, sign_in
from tests.constituents.people import person
from tests.web.test_pipeline_pages import get, words

NEW = "/plans/templates/new"
ALL_OPEN = {"open": "all", "close": "1"}


def typed(*steps: Mapping[str, str], **more: str) -> dict[str, str]:
    """The editor's form; a step may wait for others: {"waits": "1:no answer 2:"}."""
    sent = {"name": "Farewell", "skips_weekends": "on", "reschedule": "monday", "act": "save", "steps": str(len(steps))}
    for place, step in enumerate(steps, start=1):
        row = {"kind": "task", "days": "0", "who": "officer", "reminds": "on"} | dict(step)
        for at, wait in enumerate(filter(None, row.pop("waits", "").split(";")), start=1):
            other, _, outcome = wait.partition(":")
            sent |= {f"waits-{place}-{at}": other, f"outcome-{place}-{at}": outcome}
        sent |= {f"{name}-{place}": value for name, value in row.items()}
    return sent | more


def made(session: Session, name: str = "Farewell") -> tuple[Draft, ...]:
    template = session.scalars(select(PlanTemplate).where(PlanTemplate.name == name)).one()
    found = drafts_of(session, newest_version(session, template.id).id)
    session.rollback()
    return found


def test_a_template_of_all_kinds_is_kept_as_it_was_typed(
    client: FlaskClient, cast: dict[Person, int], session: Session
) -> None:
    sign_in(client, DORA)
    rows = (
        {"subject": "Call", "deadline_days": "7", "escalates": f"user:{cast[SAM]}", "note": "Be warm"},
        {"subject": "Invite", "waits": "1:reached", "after": "parent done", "days": "14"},
        {"subject": "Card", "waits": "1:no answer", "after": "parent due", "days": "2", "counts": "working"},
        {"subject": "Rest", "kind": "wait", "waits": "2:;3:", "joins": "any", "after": "parent done", "days": "5"},
        {"subject": "Visit", "kind": "move", "method": "visit", "waits": "4:", "who": f"user:{cast[SAM]}"},
        {"subject": "Year end", "after": "fiscal year end", "days": "30", "way": "before"},
    )
    answer = client.post(NEW, data=typed(*rows, cooldown_days="90", description="Leaving well"))
    assert answer.status_code == 303, words(answer.text)
    call, invite, card, rest, visit, end = made(session)
    assert (call.deadline_days, call.escalates_to, call.escalates_to_id) == (7, "user", cast[SAM])
    assert invite.links == (Link(1, "reached"),)
    assert (card.after, card.days, card.counts) == ("parent due", 2, "working")
    assert (rest.kind, rest.joins, len(rest.links)) == ("wait", "any", 2)
    assert (visit.method, visit.role, visit.owner_id) == ("visit", "user", cast[SAM])
    assert (end.after, end.days) == ("fiscal year end", -30)
    page = words(get(client, answer.location))
    assert "only if step 1 ended with “no answer”" in page
    assert "30 days before the end of the fiscal year" in page
    assert "goes to Sam Stranger when 7 days late" in page


def test_criteria_of_a_step(client: FlaskClient, cast: dict[Person, int], session: Session) -> None:
    sign_in(client, DORA)
    asked = {"tree": "1", "open": "all", "field": "city", "operator": "equals", "value": "Astoria", "close": "1"}
    added = client.post(NEW, data=typed({"subject": "Call"}, act="in:1:add:0") | {"tree": "1"} | ALL_OPEN)
    assert 'name="field"' in added.text
    answer = client.post(NEW, data=typed({"subject": "Call"}) | asked)
    assert answer.status_code == 303, words(answer.text)
    assert made(session)[0].criteria is not None
    assert "only where its criteria hold" in get(client, answer.location)


def test_mistakes_are_named_at_their_places_and_nothing_typed_is_lost(
    client: FlaskClient, cast: dict[Person, int]
) -> None:
    sign_in(client, DORA)
    rows = (
        {"subject": "Call", "waits": "2:", "after": "parent done"},
        {"subject": "Card", "waits": "1:", "after": "parent done", "days": "soon"},
        {"subject": "", "note": "kept"},
    )
    answer = client.post(NEW, data=typed(*rows))
    assert answer.status_code == 422
    assert "1 → 2 → 1" in answer.text
    assert 'value="soon"' in answer.text
    for place in ("days-2", "waits-1", "subject-3"):
        assert f'href="#{place}"' in answer.text
        assert f'id="{place}"' in answer.text
    assert answer.text.count("to put right") == 3
    assert "wait for one another in a circle" in answer.text
    nameless = client.post(NEW, data=typed({"subject": "Call"}, name=" "))
    assert nameless.status_code == 422
    assert "Give the template a name." in nameless.text
    endless = client.post(NEW, data=typed({"subject": "Call"}, cooldown_days="long"))
    assert endless.status_code == 422
    assert 'aria-describedby="cooldown_days-0-error"' in endless.text
    assert "“long” is no whole number" in endless.text[endless.text.index('id="cooldown_days-0-error"') :]


def test_steps_are_added_moved_and_taken_away_with_what_waits_for_them(
    client: FlaskClient, cast: dict[Person, int]
) -> None:
    sign_in(client, DORA)
    rows = (
        {"subject": "a"},
        {"subject": "b", "waits": "1:reached"},
        {"subject": "c", "waits": "2:"},
    )

    def press(act: str) -> str:
        answer = client.post(NEW, data=typed(*rows, act=act))
        assert answer.status_code == 200
        return answer.text

    assert waits(press("add:1"), 2) == ["1"]
    assert waits(press("add:1"), 4) == ["3"]
    assert waits(press("remove:2"), 2) == ["1"]
    assert 'name="subject-3"' not in press("remove:2")
    assert [subject(press("up:3"), place) for place in (1, 2, 3)] == ["a", "c", "b"]
    assert waits(press("up:3"), 2) == ["3"]
    assert waits(press("down:1"), 1) == ["2"]
    assert waits(press("link:3"), 3) == ["2", "1"]
    assert waits(press("unlink:3:1"), 3) == []


def waits(page: str, place: int) -> list[str]:
    found = re.findall(rf'name="waits-{place}-\d+".*?</select>', page, re.DOTALL)
    return [re.findall(r'value="(\d+)" selected', one)[0] for one in found]


def subject(page: str, place: int) -> str:
    return re.findall(rf'name="subject-{place}" value="(.*?)"', page)[0]


def test_forty_steps_fit_and_only_the_one_at_hand_is_open(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, DORA)
    rows = [{"subject": f"Step {n}", "waits": f"{n - 1}:" if n > 1 else ""} for n in range(1, 41)]
    page = client.post(NEW, data=typed(*rows, act="look:17")).text
    assert page.count('class="stepbox"') == 40
    assert re.findall(r'id="step-(\d+)" open', page) == ["17"]
    assert client.post(NEW, data=typed(*rows)).status_code == 303


def test_the_picture_goes_by_a_chosen_day_and_asks_for_days_that_nobody_knows(
    client: FlaskClient, cast: dict[Person, int]
) -> None:
    sign_in(client, DORA)
    rows = ({"subject": "Call"}, {"subject": "Seat plan", "after": "event", "days": "3", "way": "before"})
    page = client.post(NEW, data=typed(*rows, act="look", on="2026-03-04", event="2026-06-14")).text
    assert 'datetime="2026-03-04"' in page
    assert 'datetime="2026-06-11"' in page
    assert 'name="event" type="date" value="2026-06-14"' in page or 'value="2026-06-14"' in page


@pytest.fixture
def welcome(session: Session, cast: dict[Person, int]) -> int:
    """The id of a template of two steps, committed."""
    change = open_change(session, "test", act=Act(by=cast[DORA], at=now(), through="web"))
    steps = (Draft("Thank by phone"), Draft("Letter", 3, (Link(1),)))
    template_id = create(session, TemplateDraft("Welcome", steps), within=change).id
    session.commit()
    return template_id


def test_versions_say_what_changed_and_a_stale_one_shows_both(client: FlaskClient, welcome: int) -> None:
    sign_in(client, DORA)
    address = f"/plans/templates/{welcome}/edit"
    version = re.search(r'name="version" value="(\d+)"', get(client, address))
    assert version is not None
    rows = ({"subject": "Thank by phone"}, {"subject": "Letter", "waits": "1:", "after": "parent done", "days": "5"})
    sent = typed(*rows, {"subject": "Visit"}, name="Welcome", version=version[1])
    assert client.post(address, data=sent).status_code == 303
    page = words(get(client, f"/plans/templates/{welcome}"))
    assert "5 days after step 1 is done (was: 3 days after step 1 is done)" in page
    assert "Step 3 “Visit” is new" in page
    stale = client.post(address, data=typed({"subject": "Mine"}, name="Welcome", version=version[1]))
    assert stale.status_code == 409
    assert 'value="Mine"' in stale.text
    assert "Visit, 0 days after the start" in words(stale.text)


def test_the_picture_for_somebody_names_who_would_get_the_steps(
    client: FlaskClient, welcome: int, session: Session, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(by=cast[DORA], at=now(), through="web"))
    harold = person(session, "Harold Nakamura").id
    assign(session, harold, Charge(cast[SAM], now().date(), reason="Portfolio"), within=change)
    session.commit()
    sign_in(client, DORA)
    assert "The officer · 3 days after" in words(get(client, f"/plans/templates/{welcome}"))
    assert "Sam Stranger · 3 days after" in words(get(client, f"/plans/templates/{welcome}?whom={harold}"))


def test_who_is_gone_stays_named_until_somebody_else_is_chosen(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(by=cast[DORA], at=now(), through="web"))
    steps = (Draft("Call", role="user", owner_id=cast[SAM]),)
    template_id = create(session, TemplateDraft("Farewell", steps), within=change).id
    session.get_one(User, cast[SAM]).deactivated_at = now()
    session.commit()
    sign_in(client, DORA)
    page = get(client, f"/plans/templates/{template_id}/edit")
    assert f'<option value="user:{cast[SAM]}" selected>as it was, no longer offered' in page


def test_branches_that_join_again_are_enough_one_by_one() -> None:
    called, again, letter = Typed("Call"), after("Call again", "1", "no answer"), after("Letter", "1", "reached")
    parting = Editing(steps=(called, again, letter, after("Invite", "3", "")))
    joined = acted(parting, "link:4")
    assert joined is not None
    assert [row.step for row in joined[0].steps[3].waits] == ["3", "2"]
    assert joined[0].steps[3].joins == "any", "both can never happen in one plan"
    both = acted(
        Editing(steps=(called, after("Write", "1", ""), after("Letter", "1", ""), after("Invite", "3", ""))), "link:4"
    )
    assert both is not None
    assert both[0].steps[3].joins == "all"


def after(subject: str, step: str, outcome: str) -> Typed:
    """A step that waits for one."""
    return Typed(subject, after="parent done", waits=(Waits(step, outcome),))


def test_what_can_never_be_is_said_while_one_draws(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, DORA)
    links = {"waits-2-1": "1", "outcome-2-1": "reached", "waits-3-1": "1", "outcome-3-1": "no answer"}
    joins = {"waits-4-1": "2", "waits-4-2": "3", "joins-4": "all"}
    steps = {f"subject-{place}": name for place, name in enumerate(("Call", "Letter", "Call again", "Invite"), 1)}
    counted = {f"after-{place}": "parent done" for place in (2, 3, 4)}
    sent = {"name": "Welcome", "steps": "4", "act": "look"} | steps | counted | links | joins
    page = words(client.post("/plans/templates/new", data=sent).text)
    assert "This cannot be saved yet" in page
    assert "They exclude each other. Choose “any one of these is enough”." in page
    assert "only if step 1 ended with “reached” · the officer" in page, "a folded step says its condition"
    fine = words(client.post("/plans/templates/new", data=sent | {"joins-4": "any"}).text)
    assert "This cannot be saved yet" not in fine
    assert "If declined, gave or skipped, the plan ends." in fine
