"""Funds, campaigns and portfolios: their figures in lists that sort, each with its reason, today and on past days."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.giving.gift_input import GiftInput, SplitInput
from donors.giving.purposes import CampaignInput, add_campaign, add_fund
from donors.pipeline.assign import Charge
from donors.rollups.keep import refresh_waiting
from donors.rollups.marks import any_waits
from donors.workflows.gifts import add_gift
from donors.workflows.portfolio import assign_officer
from tests.cast import ADA, GINA, OLIVE, VERA, Person, sign_in, sign_in_page
from tests.harness.browser import DESKTOP, PHONE, violations
from tests.harness.gifts import DAY, TODAY, World, build, words
from tests.harness.processes import Live


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    """The world of gifts, with a gift of Eleanor's to a drive two years ago, and Eleanor in Olive's portfolio."""
    made = build(session, cast)
    change = open_change(session, "test", act=Act(by=cast[GINA], at=now(), through="web"))
    drive = add_campaign(session, CampaignInput("Roof drive", None, None, None), within=change).id
    long_ago = DAY - timedelta(days=730)
    gift = GiftInput(made.eleanor, 7_000, long_ago, campaign_id=drive, splits=(SplitInput(made.roof, 7_000),))
    add_gift(session, gift, within=change, on=TODAY)
    assign_officer(session, made.eleanor, Charge(cast[OLIVE], DAY - timedelta(days=30)), within=change)
    refresh_waiting(session, on=TODAY)
    session.commit()
    return made


def said(client: FlaskClient, address: str, **query: Any) -> str:
    answer = client.get(address, query_string=query)
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def test_a_list_sorts_by_any_figure(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    page = said(client, "/giving/funds", sort="-fund_total")
    assert page.index("Annual Fund") < page.index("Roof", page.index("Annual Fund"))
    assert "$200.00" in page
    assert "$120.00" in page
    earlier = said(client, "/giving/funds", sort="-fund_total", as_of=(DAY - timedelta(days=1)).isoformat())
    assert earlier.index("Roof") < earlier.index("Annual Fund")
    assert "$70.00" in earlier
    assert "$200.00" not in earlier
    assert "Roof" not in said(client, "/giving/funds", q="annual")


def test_a_figure_has_its_page_and_its_reason(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    page = said(client, f"/giving/funds/{world.roof}")
    assert "Largest gift $70.00" in page
    assert "Givers why 1" in page
    why = said(client, f"/giving/funds/{world.roof}/why/fund_total")
    assert "Total of allocations of gifts to funds of all time, for each fund." in why
    assert "$120.00" in why
    assert "Eleanor Whitcombe" in why
    past = said(client, f"/giving/funds/{world.roof}/why/fund_total", as_of=(DAY - timedelta(days=1)).isoformat())
    assert "$70.00" in past
    assert "$50.00" not in past
    assert "Roof drive" in said(client, "/giving/campaigns")


def test_a_portfolio_counts_who_stands_in_it(client: FlaskClient, world: World, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    assert "$320.00" in said(client, "/pipeline/portfolios")
    why = said(client, f"/pipeline/portfolios/{cast[OLIVE]}/why/portfolio_total")
    assert "of the people of its households, each once" in why
    assert "$250.00" in why
    before_it = said(
        client,
        f"/pipeline/portfolios/{cast[OLIVE]}/why/portfolio_total",
        as_of=(DAY - timedelta(days=40)).isoformat(),
    )
    assert "Nothing counts here" in before_it


def test_who_may_not_see_gifts_sees_no_such_figure(client: FlaskClient, world: World, cast: dict[Person, int]) -> None:
    sign_in(client, VERA)
    assert client.get("/giving/funds").status_code == 403
    assert client.get(f"/pipeline/portfolios/{cast[OLIVE]}/why/portfolio_total").status_code in (403, 404)


def test_givers_whom_the_viewer_may_not_see_have_no_name(client: FlaskClient, session: Session, world: World) -> None:
    change = open_change(session, "test", act=Act(by=None, at=now(), through="cli"))
    add_gift(session, GiftInput(world.carl, 100, DAY, splits=(SplitInput(world.roof, 100),)), within=change, on=TODAY)
    session.commit()
    assert any_waits(session)
    session.rollback()
    sign_in(client, OLIVE)
    why = said(client, f"/giving/funds/{world.roof}/why/fund_total")
    assert "being refreshed" in why
    assert "Carl" not in why
    assert "of somebody you may not see" in why


def test_settings_show_the_sums_and_an_empty_list_says_how_to_begin(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    sign_in(client, ADA)
    assert "No fund yet" in said(client, "/giving/funds")
    assert "No portfolio yet" in said(client, "/pipeline/portfolios")
    change = open_change(session, "test", act=Act(by=None, at=now(), through="cli"))
    add_fund(session, "Roof", within=change)
    session.commit()
    assert "Roof" in said(client, "/settings/purposes")


def test_settings_show_the_sums(client: FlaskClient, world: World) -> None:
    sign_in(client, ADA)
    assert "Roof $120.00" in said(client, "/settings/purposes")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_pages_are_accessible(page: Page, live_server: Live, world: World, size: Any) -> None:
    page.set_viewport_size(size)
    sign_in_page(page, live_server.url, OLIVE)
    for address in (
        "/giving/funds",
        f"/giving/funds/{world.roof}",
        f"/giving/funds/{world.roof}/why/fund_total",
        "/pipeline/portfolios",
    ):
        page.goto(f"{live_server.url}{address}")
        assert violations(page) == [], address
