"""Where the records that prove something stand, and where a missing one would be written."""

from flask import request, url_for

from donors.pipeline.evidence.decide import Proof
from donors.pipeline.evidence.required import REQUIRED, Required
from donors.pipeline.models import Prospect
from donors.web.session import viewer


def link(proof: Proof, prospect: Prospect) -> str:
    """The page of a record; where it has none, that of the constituent."""
    if proof.source == "moves":
        return url_for("pipeline.move_page", move_id=proof.row_id)
    if proof.source == "gifts":
        return url_for("giving.gift_page", gift_id=proof.row_id)
    if proof.source == "opportunities":
        return url_for("pipeline.ask_page", opportunity_id=proof.row_id)
    return url_for("constituents.story_page", constituent_id=prospect.constituent_id)


def fill(wanted: Required, prospect: Prospect) -> str:
    """Where something is filled in that a stage requires; empty where the viewer may not, and for what is of an ask."""
    ways = {
        "officer": url_for("pipeline.officer", prospect_id=prospect.id, next=_here()),
        "next_move": url_for("pipeline.plan", constituent=prospect.constituent_id, next=_here()),
        "strategy": url_for("pipeline.strategy", prospect_id=prospect.id),
        "capacity": url_for("constituents.ratings_page", constituent_id=prospect.constituent_id),
    }
    if not viewer().may("pipeline.assign"):
        del ways["officer"]
    return next((ways.get(key, "") for key, one in REQUIRED.items() if one is wanted), "")


def _here() -> str:
    return request.full_path.rstrip("?")


def remedy(source: str, prospect: Prospect) -> str:
    """Where a record of a source is written; empty for those that come otherwise."""
    if source == "moves":
        return url_for("pipeline.log", constituent=prospect.constituent_id, next=_here())
    if source == "opportunities":
        return url_for("pipeline.new_ask", constituent=prospect.constituent_id)
    if source == "ratings":
        return url_for("constituents.ratings_page", constituent_id=prospect.constituent_id)
    return ""
