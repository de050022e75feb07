"""Somebody is erased while their file is made, or while others write about them: whole or not at all."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts import audit
from donors.accounts.audit import Doing
from donors.accounts.models import AuditEvent
from donors.accounts.visible import EVERYTHING
from donors.constituents.edit import edit
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.core.db import snapshot, transaction
from donors.core.errors import Blocked, Conflict
from donors.giving.gift_input import GiftInput
from donors.giving.models import Gift
from donors.rights.erase import erase
from donors.rights.tell import file_of
from donors.workflows.gifts import record_gift
from tests.constituents.people import AT, TODAY
from tests.interleavings.conftest import ACT, House, opened
from tests.interleavings.meeting import Act, errors, overlap, race, won


def erasing(house: House, name: str) -> Act:
    """An erasure, as a page carries it out."""
    return lambda session: erase(session, house[name], on=TODAY, within=opened(session, "person.erase")).constituent_id


def telling(house: House, name: str) -> Act:
    """A file about somebody, read in one snapshot and noted as an export."""

    def act(session: Session) -> str:
        with snapshot() as reading:
            told = json.dumps(file_of(reading, house[name], on=TODAY, sees=EVERYTHING).as_json())
        audit.note(session, "export", doing=Doing(AT), name="person", constituent=house[name])
        return told

    return act


def test_a_file_that_is_made_meanwhile_is_whole_or_of_one_erased(house: House) -> None:
    for first, second in ((telling, erasing), (erasing, telling)):
        name = "Anna" if first is telling else "Ben"
        endings = overlap(house.app, first(house, name), second(house, name))
        assert len(won(endings)) == 2
        told = next(one for one in won(endings) if isinstance(one, str))
        assert (name in told) != ("Erased person" in told)
    with transaction() as session:
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.what == "export")).all()) == 2
        assert len(session.scalars(select(ChangeSet).where(ChangeSet.state == "final")).all()) == 2


def test_of_two_erasures_one_is_told(house: House) -> None:
    endings = race(house.app, erasing(house, "Anna"), erasing(house, "Anna"))
    assert (len(won(endings)), errors(endings)) == (1, [Blocked])


def test_an_edit_that_waits_for_an_erasure_writes_nothing(house: House) -> None:
    def editing(session: Session) -> None:
        row = session.get_one(Constituent, house["Anna"])
        edit(session, row, values={"note": "Sings"}, within=opened(session), expect=1)

    endings = overlap(house.app, erasing(house, "Anna"), editing)
    assert errors(endings) in ([Blocked], [Conflict])
    with transaction() as session:
        assert session.get_one(Constituent, house["Anna"]).note == ""


def test_a_gift_that_comes_meanwhile_is_kept(house: House) -> None:
    wanted = GiftInput(house["Anna"], 5000, TODAY)
    endings = overlap(
        house.app, erasing(house, "Anna"), lambda session: record_gift(session, wanted, act=ACT, on=TODAY)
    )
    assert len(won(endings)) >= 1
    with transaction() as session:
        amounts = session.scalars(select(Gift.amount)).all()
        assert amounts == [5000] if endings[1].held else amounts == []
