"""The file about a person holds all that is there, to the last word, and says what it leaves out."""

import json
from functools import partial

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.core.changes import amend
from donors.giving.models import Gift
from donors.levels.standard import install_standard as install_levels
from donors.levels.then import measures
from donors.pipeline.move_report import remove_report
from donors.rights.erase import erase
from donors.rights.held import HELD
from donors.rights.printed import printed_changes, printed_rows
from donors.rights.tell import file_of
from donors.rollups.past import keep_part, past_parts
from donors.rollups.queries import definitions
from donors.rollups.standard import install_standard as install_figures
from tests.constituents.people import TODAY, change
from tests.rights.places import WORD, everything, say_again
from tests.rights.whole_life import Life

WITHOUT = {"constituent_alias", "dirty", "gift_split", "past_value", "rollup_fault"}
"""Tables in which this life has left nothing."""


@pytest.fixture
def life(session: Session) -> Life:
    """One whole life, in an organization with figures and levels."""
    install_figures(session, within=change(session))
    install_levels(session, currency="USD", within=change(session))
    return Life(session)


def test_every_word_is_told_and_none_after_an_erasure(life: Life, session: Session) -> None:
    say_again(session, life.who.id)
    told = json.dumps(file_of(session, life.who.id, on=TODAY, sees=EVERYTHING).as_json(), ensure_ascii=False).lower()
    hidden = {f"{held.table}.{name}" for held in HELD for name in (*held.hides, "search_text")}
    apart = {"journal.before", "change_set.outcome", "outbox.text_body", "outbox.subject"}
    words = {(place, text) for place, text in everything(session) if WORD in text and place not in hidden | apart}
    home = life.home.name.lower()
    untold = {(place, text) for place, text in words if text not in told and json.dumps(text)[1:-1] not in told}
    missing = {(place, text) for place, text in untold if home not in text}
    assert missing == set()
    assert {held.table for held in HELD if f'"{held.table}"' not in told} == WITHOUT
    erase(session, life.who.id, on=TODAY, within=change(session))
    told = json.dumps(file_of(session, life.who.id, on=TODAY, sees=EVERYTHING).as_json()).lower()
    assert WORD not in told
    assert "12345" in told


def test_what_is_confidential_to_another_is_left_out_and_counted(life: Life, session: Session) -> None:
    director, administrator = sight(9, "director"), sight(10, "administrator")
    told = file_of(session, life.who.id, on=TODAY, sees=director)
    assert told.left_out == 1
    assert "secret report" not in json.dumps(told.as_json())
    assert "secret report" in json.dumps(file_of(session, life.who.id, on=TODAY, sees=administrator).as_json())
    remove_report(session, life.secret.id, within=change(session))
    told, whole = (file_of(session, life.who.id, on=TODAY, sees=sees) for sees in (director, administrator))
    assert (told.left_out, whole.left_out) == (1, 0)
    assert "secret report" not in json.dumps(told.as_json())
    assert "secret report" in json.dumps(whole.as_json())


def test_what_is_printed_is_called_by_words_and_told_in_its_currency(life: Life, session: Session) -> None:
    gift = session.get_one(Gift, life.gift, populate_existing=True)
    amend(session, gift, within=change(session), currency="EUR", amount=gift.amount + 1, method="cash")
    for part in past_parts(session, on=TODAY):
        keep_part(session, part)
    told = file_of(session, life.who.id, on=TODAY, sees=EVERYTHING)
    figures = {one.label: one for one in definitions(session)}
    rows = partial(printed_rows, own=told.numbers, figures=figures, measures=measures(session))
    sections = {one.table: rows(one) for one in told.sections}
    (credit, *_) = sections["credit"]
    assert [(one.measure, one.currency) for one in credit if one.label == "Amount"] == [("money", "EUR")]
    before = [one for one in printed_changes(told) if one.what == "Gifts" and one.how == "changed"][-1].before
    assert {one.label: (one.value, one.currency) for one in before if one.label == "Amount"} == {
        "Amount": (gift.amount - 1, "USD")
    }
    labels = {one.label for rows in sections.values() for row in rows for one in row}
    assert not [label for label in labels if "_" in label or label.endswith(" id") or label.startswith("Is ")]
    for table, as_of in (("rollup_value", ""), ("past_value", TODAY.isoformat())):
        days = [(one.value, one.as_of) for one in sections[table][0] if one.label == "Last gift on"]
        assert days == [(gift.received_on, as_of)]
    said = {(one.label, one.value, one.as_of) for table in ("standing", "rollup_value") for one in sections[table][0]}
    assert ("Total, last 365 days", gift.amount - 1, TODAY.isoformat()) in said
    assert ("Largest gift: method", "cash", "") in said
