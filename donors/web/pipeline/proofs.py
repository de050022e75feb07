"""Where the records that prove something stand, and where a missing one would be written."""

from flask import request, url_for

from donors.pipeline.evidence.decide import Proof
from donors.pipeline.models import Prospect


def link(proof: Proof, prospect: Prospect) -> str:
    """The page of a record; where it has none, that of the constituent."""
    if proof.source == "moves":
        return url_for("pipeline.move_page", move_id=proof.row_id)
    if proof.source == "gifts":
        return url_for("giving.gift_page", gift_id=proof.row_id)
    if proof.source == "opportunities":
        return url_for("pipeline.ask_page", opportunity_id=proof.row_id)
    return url_for("constituents.story_page", constituent_id=prospect.constituent_id)


def remedy(source: str, prospect: Prospect) -> str:
    """Where a record of a source is written; empty for those that come otherwise."""
    if source == "moves":
        return url_for("pipeline.log", constituent=prospect.constituent_id, next=request.full_path.rstrip("?"))
    if source == "opportunities":
        return url_for("pipeline.new_ask", constituent=prospect.constituent_id)
    return ""
