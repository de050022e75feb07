"""Pages of asks: opened from a constituent, changed, brought on, fulfilled by a gift, listed and taken out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.household import join
from donors.constituents.models import Constituent
from donors.constituents.spans import Span
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.giving.gift_input import CreditInput, GiftInput
from donors.giving.models import Gift
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.models import COMMITTED, Opportunity, OpportunityEntry, OpportunityGift
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import Entry
from donors.pipeline.standard import install_standard
from donors.rollups.standard import install_standard as install_rollups
from donors.workflows.advance import add_prospect
from donors.workflows.asks import open_ask
from donors.workflows.gifts import record_gift
from tests.cast import DORA, GINA, OLIVE, REX, Person, sign_in
from tests.constituents.people import home, person

TODAY = now().date()


@dataclass(frozen=True)
class World:
    """Harold gave 1,000 and is Olive's prospect with an ask of 5,000; Bettina is no prospect; Carl is hidden."""

    harold: int
    prospect: int
    ask: int
    gift: int
    bettina: int
    hidden: int
    pipeline: int


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    """Committed."""
    act = Act(by=cast[OLIVE], at=now(), through="web")
    change = open_change(session, "test", act=act)
    pipeline = install_standard(session, within=change)
    install_rollups(session, within=change)
    ids = [person(session, name).id for name in ("Harold Nakamura", "Bettina Kroll")]
    hidden = person(session, "Carl Hidden", confidential=True).id
    made = [
        add_prospect(session, one, pipeline.id, Entry(ago(80)), within=change, officer_id=cast[OLIVE]).prospect.id
        for one in (ids[0], hidden)
    ]
    given = record_gift(session, GiftInput(ids[0], 1_000_00, ago(10)), act=act, on=TODAY).gift.id
    terms = Terms(5_000_00, "the roof", ask_on=ago(50), expected_on=ago(-30), odds=60)
    row = open_ask(session, made[0], terms, on=ago(60), within=change, status=COMMITTED)
    secret = open_ask(session, made[1], Terms(7_000_00, "the vault"), on=ago(60), within=change)
    made_world = World(ids[0], made[0], row.id, given, ids[1], secret.id, pipeline.id)
    session.commit()
    return made_world


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_an_ask_of_a_donor_with_a_suggestion(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    assert f"/pipeline/asks/new?constituent={world.harold}" in client.get(f"/constituents/{world.harold}").text
    address = f"/pipeline/asks/new?constituent={world.harold}"
    page = get(client, address)
    assert "Suggested $2,000 to $3,000" in page
    assert "Bound by: the largest gift and the average one, and half as much again" in page
    taken = client.post(address, data={"take": "2500.00", "purpose": "the cellar", "odds": "30"})
    assert taken.status_code == 200
    assert all(f'value="{kept}"' in taken.text for kept in ("2500.00", "the cellar", "30"))
    wrong = client.post(address, data={"amount": "lots", "purpose": "the cellar", "pipeline": "1"})
    assert wrong.status_code == 422
    assert 'value="lots"' in wrong.text
    saved = client.post(address, data={"amount": "2,500", "odds": "30", "pipeline": str(world.pipeline)})
    assert saved.status_code == 303
    assert "$2,500" in get(client, saved.location)
    assert "Open asks come to $7,500" in get(client, f"/pipeline/{world.prospect}")
    assert session.get_one(Prospect, world.prospect).ask_amount == 7_500_00


def test_a_suggestion_goes_by_the_home_where_it_holds_the_larger_gift(
    client: FlaskClient, world: World, session: Session, cast: dict[Person, int]
) -> None:
    act = Act(by=cast[OLIVE], at=now(), through="web")
    change, house, aiko = open_change(session, "test", act=act), home(session, "Nakamura"), person(session, "Aiko N")
    for one in (aiko, session.get_one(Constituent, world.harold)):
        join(session, house, one, span=Span(ago(900), None), within=change)
    record_gift(session, GiftInput(world.harold, 1_000_00, ago(9)), act=act, on=TODAY)
    record_gift(session, GiftInput(aiko.id, 20_00, ago(9)), act=act, on=TODAY)
    address = f"/pipeline/asks/new?constituent={aiko.id}"
    session.commit()
    sign_in(client, OLIVE)
    page = get(client, address)
    assert "by the gifts of the home" in page
    assert "Largest gift of the home $1,000.00" in page
    assert "of the home" not in get(client, f"/pipeline/asks/new?constituent={world.harold}")


def test_who_is_no_prospect_becomes_one(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    address = f"/pipeline/asks/new?constituent={world.bettina}"
    page = get(client, address)
    assert "Not a prospect yet" in page
    assert "There is no gift and no rated capacity to go by" in page
    assert client.post(address, data={"odds": "120", "pipeline": str(world.pipeline)}).status_code == 422
    assert client.post(address, data={"amount": "900", "pipeline": str(world.pipeline)}).status_code == 303
    made = session.scalars(select(Prospect).where(Prospect.constituent_id == world.bettina)).one()
    assert made.ask_amount == 900_00


def test_changed_with_the_first_version_kept(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    here = f"/pipeline/asks/{world.ask}/edit"
    form = client.get(here).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', form)
    assert version is not None
    data = {
        "amount": "6,000",
        "purpose": "the roof",
        "version": version[1],
        "odds": "70",
        "ask_on": ago(50).isoformat(),
    }
    assert client.post(here, data=data | {"expected_on": ago(60).isoformat()}).status_code == 422
    assert client.post(here, data=data).status_code == 303
    stale = client.post(here, data=data | {"amount": "7,000"})
    assert stale.status_code == 409
    assert "It is now $6,000 for the roof" in stale.text
    assert 'value="7,000"' in stale.text
    page = get(client, f"/pipeline/asks/{world.ask}")
    assert "odds 60 %" in page
    assert "odds 70 %" in page


def test_steps_by_button_and_with_a_reason(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    here = f"/pipeline/asks/{world.ask}"
    step = {"on": TODAY.isoformat()}
    assert client.post(f"{here}/step", data=step | {"status": "declined"}).status_code == 422
    declined = step | {"status": "declined", "reason": "amount", "why": "Half of it, perhaps."}
    assert client.post(f"{here}/step", data=declined).status_code == 303
    page = get(client, here)
    assert "Too much" in page
    assert "Half of it, perhaps." in page
    assert client.post(f"{here}/step", data=step | {"status": "received"}).status_code == 422
    assert client.post(f"{here}/step", data=step | {"status": "asked", "version": "1"}).status_code == 409
    assert client.post(f"{here}/step", data=step | {"status": "asked"}).status_code == 303
    assert session.get_one(Opportunity, world.ask).status == "asked"


def test_received_by_a_gift(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    here = f"/pipeline/asks/{world.ask}"
    assert "$1,000.00" in get(client, here)
    assert "$4,000 less" in get(client, here)
    assert "May fulfil an ask" in get(client, f"/giving/{world.gift}")
    assert client.post(f"{here}/gifts", data={"gift": "999"}).status_code == 404
    assert client.post(f"{here}/gifts", data={"gift": str(world.gift)}).status_code == 303
    row = session.get_one(Opportunity, world.ask)
    assert (row.status, row.status_since) == ("received", ago(10))
    session.rollback()
    assert "$1,000.00 of $5,000 asked for, $4,000.00 short" in get(client, here)
    assert "Fulfils an ask" in get(client, f"/giving/{world.gift}")
    assert client.post(f"{here}/gifts", data={"gift": str(world.gift)}).status_code == 409
    assert client.post(f"{here}/gifts/{world.gift}/unlink").status_code == 303
    assert "Received, and no gift is linked." in get(client, here)
    assert client.post(f"{here}/gifts/{world.gift}/unlink").status_code == 404


def test_of_a_hidden_giver_a_gift_tells_no_name(
    client: FlaskClient, world: World, session: Session, cast: dict[Person, int]
) -> None:
    act = Act(by=cast[DORA], at=now(), through="web")
    giver = person(session, "Greta Hidden", confidential=True).id
    credited = GiftInput(giver, 3_000_00, ago(5), credits=(CreditInput(world.harold, 3_000_00),))
    gift = record_gift(session, credited, act=act, on=TODAY).gift.id
    session.commit()
    here = f"/pipeline/asks/{world.ask}"
    sign_in(client, OLIVE)
    assert "$3,000.00" not in get(client, here)
    sign_in(client, DORA)
    assert "Greta Hidden" in get(client, here)
    assert client.post(f"{here}/gifts", data={"gift": str(gift)}).status_code == 303
    assert "Greta Hidden" in get(client, here)
    sign_in(client, OLIVE)
    page = get(client, here)
    assert "$3,000.00 somebody you may not see" in page
    assert "Greta" not in page


def test_a_gift_that_goes_takes_its_link_along(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    client.post(f"/pipeline/asks/{world.ask}/gifts", data={"gift": str(world.gift)})
    sign_in(client, GINA)
    assert client.post(f"/giving/{world.gift}/remove", data={}).status_code == 303
    assert session.scalars(select(OpportunityGift)).all() == []
    assert session.get(Gift, world.gift) is None


LISTED: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("", lambda page: "Harold Nakamura" in page and "1 ask, $5,000 in all" in page),
    ("?q=naka", lambda page: "Harold Nakamura" in page),
    ("?q=ROOF", lambda page: "Harold Nakamura" in page),
    ("?q=cellar", lambda page: "No ask answers to this" in page),
    ("?status=declined", lambda page: "No ask answers to this" in page),
    ("?officer=mine&sort=-amount", lambda page: "Harold Nakamura" in page),
    ("?officer=nobody", lambda page: "No ask answers to this" in page),
    ("?lint=late", lambda page: "No ask answers to this" in page),
    ("?min=5001", lambda page: "No ask answers to this" in page),
    ("?min=lots", lambda page: "could not be read" in page),
    ("?lint=nonsense&status=nonsense&officer=x&sort=nonsense", lambda page: "Harold Nakamura" in page),
)


def test_the_list(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    for query, holds in LISTED:
        page = get(client, f"/pipeline/asks{query}")
        assert holds(page), query
        assert "vault" not in page
    sign_in(client, DORA)
    assert "vault" in get(client, "/pipeline/asks")


def test_what_does_not_fit_is_counted(client: FlaskClient, world: World, session: Session) -> None:
    session.get_one(Opportunity, world.ask).expected_on = ago(1)
    session.commit()
    sign_in(client, OLIVE)
    assert "Expected by now, still open: 1" in get(client, "/pipeline/asks")
    assert "Expected by now, still open" in get(client, f"/pipeline/asks/{world.ask}")
    assert "Expected by now, still open" in get(client, f"/pipeline/{world.prospect}")
    assert "Harold Nakamura" in get(client, "/pipeline/asks?lint=late&status=all")


def test_the_list_as_a_file(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    answer = client.post("/pipeline/asks/export?status=all")
    head, line = answer.text.strip().splitlines()
    assert head.lstrip("\ufeff").startswith("id,name,constituent_id,pipeline,stage,status")
    assert "Harold Nakamura" in line
    assert ",5000.00,60,the roof," in line
    sign_in(client, REX)
    assert client.post("/pipeline/asks/export").status_code == 403


def test_hidden_asks_are_not_there(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    for address in (f"/pipeline/asks/{world.hidden}", f"/pipeline/asks/{world.hidden}/edit", "/pipeline/asks/999"):
        get(client, address, 404)
    before = len(session.scalars(select(OpportunityEntry)).all())
    session.rollback()
    assert client.post(f"/pipeline/asks/{world.hidden}/step", data={"status": "asked"}).status_code == 404
    assert len(session.scalars(select(OpportunityEntry)).all()) == before
