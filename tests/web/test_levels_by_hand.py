"""The page of a constituent's levels: the reason, the history, and decisions by hand."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.levels.models import Level, Ruling, Standing
from tests.cast import DORA, OLIVE, Person, sign_in
from tests.reports.givers import Givers, givers


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_reason_and_the_history_stand_there(client: FlaskClient, made: Givers) -> None:
    rita = made.ids["Rita Riser"]
    sign_in(client, OLIVE)
    shown = words(client.get(f"/constituents/{rita}/levels").text)
    assert "Patron since" in shown
    assert "the gift that decided it was that of" in shown
    assert "short of Benefactor." in shown
    assert "Decide by hand" not in shown
    assert client.post(f"/constituents/{rita}/levels/{made.giving}").status_code == 403


def test_what_is_wrong_stands_at_its_place(client: FlaskClient, made: Givers) -> None:
    address, prefix = f"/constituents/{made.ids['Rita Riser']}/levels/{made.giving}", f"t{made.giving}-"
    sign_in(client, DORA)
    form = {f"{prefix}kind": "freeze", f"{prefix}to_on": "2020-01-01"}
    empty = client.post(address, data=form)
    assert empty.status_code == 422
    assert "Say why, for those who ask next year." in empty.text
    past = client.post(address, data=form | {f"{prefix}reason": "Board member"})
    assert past.status_code == 422
    assert "Is not after today" in words(past.text)
    assert 'value="Board member"' in past.text


def test_a_level_is_set_ended_and_taken_back(client: FlaskClient, session: Session, made: Givers) -> None:
    rita = made.ids["Rita Riser"]
    circle = session.scalars(select(Level.id).where(Level.name == "Circle")).one()
    session.rollback()
    address, prefix = f"/constituents/{rita}/levels", f"t{made.giving}-"
    sign_in(client, DORA)
    form = {f"{prefix}kind": "override", f"{prefix}level": str(circle), f"{prefix}reason": "Board member"}
    assert client.post(f"{address}/{made.giving}", data=form).status_code == 303
    shown = words(client.get(address).text)
    assert "Circle since" in shown
    assert "Board member. The rules alone would give Patron." in shown
    ruling = session.scalars(select(Ruling.id)).one()
    session.rollback()
    other = made.ids["Fred Faller"]
    assert client.post(f"/constituents/{other}/levels/rulings/{ruling}/end").status_code == 404
    assert client.post(f"{address}/rulings/{ruling}/end").status_code == 303
    assert client.post(f"{address}/rulings/{ruling}/end").status_code == 409
    here = select(Level.name).join(Standing).where(Standing.constituent_id == rita, Standing.to_on.is_(None))
    assert session.scalars(here).all() == ["Patron"]
    assert "End it today" not in client.get(address).text
