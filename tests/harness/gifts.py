"""A small world of gifts for tests of their pages, and how these tests ask and read."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput
from donors.giving.purposes import add_appeal, add_fund
from donors.rollups.standard import install_standard
from donors.workflows.gifts import add_gift
from tests.cast import GINA, Person
from tests.constituents.people import person

TODAY = now().date()
DAY = TODAY - timedelta(days=3)


@dataclass(frozen=True)
class World:
    """Eleanor gave 250.00 in two parts, James has soft credit; Carl is hidden and gave 99.00."""

    eleanor: int
    james: int
    carl: int
    annual: int
    roof: int
    gift: int
    hidden: int


def build(session: Session, cast: dict[Person, int]) -> World:
    """The world, committed."""
    change = open_change(session, "test", act=Act(by=cast[GINA], at=now(), through="web"))
    install_standard(session, within=change)
    eleanor, james = (person(session, name).id for name in ("Eleanor Whitcombe", "James Whitcombe"))
    carl = person(session, "Carl Hidden", confidential=True).id
    annual, roof = (add_fund(session, name, within=change).id for name in ("Annual Fund", "Roof"))
    add_appeal(session, "Spring letter", within=change)
    wanted = GiftInput(
        eleanor, 25_000, DAY, method="check", splits=(SplitInput(annual, 20_000), SplitInput(roof, 5_000)),
        credits=(CreditInput(james, 25_000, role="spouse"),),
    )  # fmt: skip
    gift = add_gift(session, wanted, within=change, on=TODAY).gift.id
    hidden = add_gift(session, GiftInput(carl, 9_900, DAY), within=change, on=TODAY).gift.id
    session.commit()
    return World(eleanor, james, carl, annual, roof, gift, hidden)


def words(html: str) -> str:
    """The page as people read it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def read(session: Session, statement: Any) -> list[Any]:
    """What the database holds now; the test's own transaction is over afterwards, so that others can write."""
    session.rollback()
    found = list(session.scalars(statement))
    session.rollback()
    return found


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def typed(world: World, **changes: object) -> dict[str, object]:
    """A gift as the form sends it."""
    given = {"giver": world.james, "amount": "100.00", "received_on": DAY.isoformat(), "splits-0-fund": world.annual}
    return {key: value for key, value in (given | changes).items() if value is not None}
