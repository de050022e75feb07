"""Views of the past: pages that show figures as of a day and as known at an instant, say so, and lead back to now."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act
from donors.core.clock import now
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.giving.models import Gift
from donors.workflows.adjust import correct_gift, remove_gift
from donors.workflows.gifts import record_gift
from tests.cast import DORA, Person, sign_in, sign_in_page
from tests.harness.browser import DESKTOP, PHONE, violations
from tests.harness.processes import Live
from tests.reports.givers import ACT, TODAY, YEAR_AGO, Givers, givers
from tests.web.test_reports_pages import get, words

KNOWN = f"known_at={quote(ACT.at.isoformat())}"


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    """The givers, and what was recorded later: Nina gave again, and more at first than was said; Lena gave nothing."""
    made = givers(session)
    nina, lena = (session.scalars(select(Gift.id).where(Gift.constituent_id == made.ids[name])).one() for name in WHO)
    act = Act(by=None, at=now(), through="cli")
    record_gift(session, GiftInput(made.ids["Nina New"], 9_00, TODAY - timedelta(days=3)), act=act, on=TODAY)
    correct_gift(session, nina, AdjustmentInput(60_00), act=act, on=TODAY)
    remove_gift(session, lena, act=act, on=TODAY)
    session.commit()
    return made


WHO = ("Nina New", "Lena Left")


def _why(made: Givers, name: str, key: str = "lifetime_total") -> str:
    return f"/constituents/{made.ids[name]}/why/{key}"


def test_a_reason_tells_what_was_known_and_what_has_come_since(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    now_page = words(get(client, _why(made, "Nina New")))
    assert "Lifetime total $69.00" in now_page
    assert "A view of the past" not in now_page
    page = get(client, f"{_why(made, 'Nina New')}?{KNOWN}")
    then = words(page)
    assert "Lifetime total $50.00" in then
    assert "A view of the past" in then
    assert "As known now it is $69.00" in then
    assert "Why $50.00 became $69.00" in then
    assert re.search(r"came in \+\$9\.00", then)
    assert re.search(r"changed, it was \$50\.00 \+\$10\.00", then)
    assert re.search(rf'href="{_why(made, "Nina New")}">Back to now</a>', page)


def test_what_was_taken_out_of_the_books_is_seen_in_the_past(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    then = words(get(client, f"{_why(made, 'Lena Left')}?{KNOWN}"))
    assert "Lifetime total $500.00" in then
    assert "taken out of the books since" in then
    assert re.search(r"left -?−?\$?-?500\.00|left .{0,3}\$500\.00", then)


def test_a_reason_compares_with_the_year_before(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    page = words(get(client, _why(made, "Rita Riser", "last_365_days_total")))
    assert "it was $300.00" in page
    assert "Why $300.00 became $1,500.00" in page
    assert "came in +$1,500.00" in page


def test_lists_and_stories_can_be_of_the_past(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    columns = "col=name&col=lifetime_total&sort=-lifetime_total&size=25"
    today, then = (get(client, f"/constituents?{columns}&{more}") for more in ("", KNOWN))
    assert "$69.00" in words(today)
    assert "$50.00" in words(then)
    assert "A view of the past" in words(then)
    assert f"{_why(made, 'Nina New')}?as_of=" in then
    condition = "f=" + quote("lifetime_total|at least|60")
    assert "Nina New" in words(get(client, f"/constituents?{columns}&{condition}"))
    assert "Nina New" not in words(get(client, f"/constituents?{columns}&{condition}&{KNOWN}"))
    file = client.post(f"/constituents/export?{columns}&{KNOWN}").text
    assert "50.00" in file
    story = get(client, f"/constituents/{made.ids['Nina New']}?{KNOWN}")
    assert "$50.00" in words(story)
    assert "$69.00" not in words(story)
    past = words(get(client, f"/constituents/{made.ids['Rita Riser']}?as_of={YEAR_AGO}"))
    assert "$300.00" in past


@pytest.mark.parametrize(("typed", "said"), [("known_at=soon", "neither a day"), ("as_of=x", "is no day")])
def test_days_that_cannot_be_read_are_said(client: FlaskClient, made: Givers, typed: str, said: str) -> None:
    sign_in(client, DORA)
    for page in ("/constituents", f"/constituents/{made.ids['Nina New']}", _why(made, "Nina New")):
        assert said in words(get(client, f"{page}?{typed}"))


def test_a_list_of_the_past_on_the_command_line(app: Flask, made: Givers) -> None:
    run = app.test_cli_runner()
    asked = ["list", "constituents", "--fields", "name,lifetime_total"]
    assert "Nina New,69.00" in run.invoke(args=asked).output
    assert "Nina New,50.00" in run.invoke(args=[*asked, "--known-at", ACT.at.isoformat()]).output
    both = run.invoke(args=[*asked, "--known-at", ACT.at.isoformat(), "--as-of", YEAR_AGO.isoformat()]).output
    assert "Rita Riser,300.00" in both
    assert "neither a day" in run.invoke(args=[*asked, "--known-at", "soon"]).output


def test_the_level_report_can_be_had_as_it_was_known(client: FlaskClient, app: Flask, made: Givers) -> None:
    sign_in(client, DORA)
    people = "/reports/levels/people?ways=in,up,stay,down"
    now_page, then = (get(client, f"{people}&{more}") for more in ("", KNOWN))
    assert "$69 " in words(now_page)
    assert "$69 " not in words(then)
    assert "$50 " in words(then)
    assert "A view of the past" in words(then)
    assert f"{_why(made, 'Nina New', 'last_365_days_total')}?as_of={TODAY}&amp;known_at=" in then
    for page in ("levels", "movement"):
        assert "A view of the past" in words(get(client, f"/reports/{page}?{KNOWN}"))
        assert "neither a day" in words(get(client, f"/reports/{page}?known_at=soon"))
    run = app.test_cli_runner()
    friends = [
        next(line for line in run.invoke(args=["report", "levels", *more]).output.splitlines() if "Friend" in line)
        for more in ([], ["--known-at", ACT.at.isoformat()])
    ]
    assert friends[0] != friends[1]
    assert "known_at" in run.invoke(args=["report", "movement", "--format", "json", "--known-at", str(TODAY)]).output


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_views_of_the_past_are_for_everybody(live_server: Live, made: Givers, page: Page) -> None:
    sign_in_page(page, live_server.url, DORA)
    story = f"/constituents/{made.ids['Nina New']}"
    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for address in ("/constituents", story, _why(made, "Nina New"), "/reports/levels"):
            page.goto(f"{live_server.url}{address}?{KNOWN}")
            assert violations(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
