"""The rules that a change of facts is measured by: settings, definitions of rollups, tracks. Read in one statement."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from donors.core.packed import Shelf
from donors.core.settings import SETTINGS, Organization, hold_settings, read_settings
from donors.levels.ladders import TRACKS, Ladder, read_tracks
from donors.rollups.definition import Definition
from donors.rollups.queries import DEFINITIONS, read_definitions


@dataclass(frozen=True)
class Rules:
    """What holds at this moment, as this transaction sees it."""

    organization: Organization
    definitions: tuple[Definition, ...]
    tracks: tuple[Ladder, ...]


_SHELF = Shelf(SETTINGS, DEFINITIONS, TRACKS)


def rules(session: Session) -> Rules:
    """The rules of this moment. The settings stay as they are until the end of the transaction."""
    hold_settings(session)
    settings, definitions, tracks = texts(session)
    return Rules(read_settings(settings), read_definitions(definitions), read_tracks(tracks))


def texts(session: Session) -> tuple[str, ...]:
    """The same as texts: equal texts are equal rules. Their rows come in no order."""
    return _SHELF.texts(session)
