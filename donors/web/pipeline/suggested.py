"""What to ask somebody for: by their own giving, or by that of their home where it holds the larger gift."""

from dataclasses import dataclass

from flask import g

from donors.constituents.queries import home
from donors.core.db import Session
from donors.pipeline.asks.grounds import grounds_of
from donors.pipeline.asks.suggestion import Grounds, Suggestion, suggest
from donors.web.session import viewer


@dataclass(frozen=True)
class Suggested:
    """The range (none where there is too little to go by), and what it goes by: figures of a person or of a home,
    whose id is `whose`."""

    suggestion: Suggestion | None
    grounds: Grounds
    whose: int
    of_home: bool


def suggested(session: Session, constituent_id: int) -> Suggested | None:
    """For those who may see giving. Call it with an id that the viewer may see."""
    if not viewer().may("giving.read"):
        return None
    own = grounds_of(session, constituent_id)
    lived = home(session, constituent_id, on=g.today, sees=viewer().sees)
    if lived is not None:
        together = grounds_of(session, constituent_id, household_id=lived.household.id)
        if (together.largest or 0) > (own.largest or 0):
            return Suggested(suggest(together), together, lived.household.id, of_home=True)
    return Suggested(suggest(own), own, constituent_id, of_home=False)
