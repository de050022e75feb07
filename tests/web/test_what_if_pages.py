"""The rehearsal of a track in pages: from the editor to those behind a cell, applied as shown, or shown again."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.levels.ladders import ladder
from donors.levels.models import Standing, Track
from donors.levels.track import draft_of, track_by_id
from donors.web.levels.draft_address import read, written
from tests.cast import ADA, DORA, Person, sign_in
from tests.reports.givers import Givers, givers
from tests.web.test_rule_settings_pages import typed, words

PAGE = "/levels/what-if"


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def apply_form(html: str) -> dict[str, str]:
    """What the button Apply sends."""
    form = html[html.index('class="applybar"') :].split("</form>", maxsplit=1)[0]
    tags = [dict(re.findall(r'([a-z-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)]
    return {tag["name"]: unescape(tag.get("value", "")) for tag in tags}


def stands(session: Session, track: int) -> dict[int, int]:
    here = select(Standing.constituent_id, Standing.level_id).where(Standing.to_on.is_(None))
    found = {who: level for who, level in session.execute(here.where(Standing.track_id == track))}
    session.rollback()
    return found


def version(session: Session, track: int) -> int:
    found = ladder(session, track).rule_version
    session.rollback()
    return found


def undo_newest(client: FlaskClient, session: Session, kind: str) -> None:
    change = session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    address = f"/settings/audit/{change.id}"
    assert change.kind == kind
    session.rollback()
    key = re.search(r'name="request_key" value="([^"]+)"', client.get(address).text)
    sent = client.post(f"{address}/undo", data={"request_key": key[1]} if key else {})
    assert sent.status_code == 303


def test_from_the_editor_to_the_people_and_back_to_what_was_shown(
    client: FlaskClient, session: Session, made: Givers
) -> None:
    sign_in(client, ADA)
    address = f"/settings/tracks/{made.giving}"
    form = typed(client.get(address).text) | {"minimum-2": "100", "maximum-1": "100", "act": "what-if"}
    gone_on = client.post(address, data=form)
    assert gone_on.status_code == 303
    page = client.get(gone_on.location)
    assert page.status_code == 200
    before = stands(session, made.giving)
    cell = re.search(r'<td data-way="up"[^>]*><a href="([^"]+)"', page.text)
    assert cell is not None
    people = client.get(unescape(cell[1]))
    assert "Because" in people.text
    assert re.search(r"\$[\d,]+ is in \$100 to", words(people.text))
    sent = client.post(PAGE, data=apply_form(page.text))
    assert sent.status_code == 303
    assert version(session, made.giving) == 2
    after = stands(session, made.giving)
    moved = {who for who in before.keys() | after.keys() if before.get(who) != after.get(who)}
    told = re.search(r"([\d,]+) \w+ would move", words(page.text))
    assert told is not None
    assert len(moved) == int(told[1]) > 0
    undo_newest(client, session, "track.change")
    assert stands(session, made.giving) == before
    assert version(session, made.giving) == 1


def test_what_has_changed_meanwhile_is_said_and_nothing_is_applied(
    client: FlaskClient, session: Session, made: Givers
) -> None:
    sign_in(client, ADA)
    shown = client.get(PAGE, query_string={"track": made.giving, "from-2": "100"}).text
    other = session.scalars(select(Standing).where(Standing.track_id == made.giving, Standing.to_on.is_(None))).first()
    assert other is not None
    other.to_on, other.ended_by = other.from_on, "rules"
    session.commit()
    sent = client.post(PAGE, data=apply_form(shown))
    assert "seen=" in sent.location
    again = client.get(sent.location).text
    assert "Something has changed since you looked" in again
    assert version(session, made.giving) == 1
    assert client.post(PAGE, data=apply_form(again)).status_code == 303
    assert version(session, made.giving) == 2


def test_a_track_that_is_switched_off_loses_everybody(client: FlaskClient, session: Session, made: Givers) -> None:
    sign_in(client, ADA)
    page = client.get(PAGE, query_string={"track": made.giving, "off": "1"}).text
    assert "the track is off" in words(page)
    assert client.post(PAGE, data=apply_form(page)).status_code == 303
    assert stands(session, made.giving) == {}
    assert session.scalar(select(Track.is_active).where(Track.id == made.giving)) is False


def test_what_cannot_be_is_said(client: FlaskClient, made: Givers) -> None:
    sign_in(client, DORA)
    wrong = client.get(PAGE, query_string={"track": made.giving, "from-2": "9,000,000"}).text
    assert "It cannot be so" in wrong
    assert 'class="applybar"' not in wrong
    assert client.get(PAGE, query_string={"track": made.giving, "draft": "nonsense"}).status_code == 422
    fine = client.get(PAGE, query_string={"track": made.giving, "q": "an", "sort": "name", "page": "2"}).text
    assert "Apply exactly this" not in fine
    assert client.get(PAGE, query_string={"track": "99999"}).status_code == 404


def test_a_draft_is_a_word_of_an_address(session: Session, made: Givers) -> None:
    draft = draft_of(session, track_by_id(session, made.giving))
    assert read(written(draft)) == draft
