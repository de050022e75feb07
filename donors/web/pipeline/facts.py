"""What the cards of the board show: chosen by each user, and kept."""

import itertools

from flask import g

from donors.core.db import Session
from donors.pipeline.evidence.queries import findings_for
from donors.pipeline.queries.board import Card
from donors.pipeline.queries.stages import stages
from donors.segments.boards import facts_kept
from donors.web.session import viewer

FACTS = {
    "level": "Level",
    "ask": "Ask",
    "evidence": "Evidence for the next stage",
    "days": "Days in the stage",
    "next": "Next move",
    "officer": "Officer",
    "purpose": "What the ask is for",
    "strategy": "Strategy",
}
USUAL = ("level", "ask", "evidence", "days", "next")


def facts(session: Session) -> tuple[str, ...]:
    """What the viewer's cards show."""
    kept = facts_kept(session, viewer().id)
    return USUAL if kept is None else tuple(name for name in FACTS if name in kept)


def evidence_on(session: Session, cards: list[Card], pipeline_id: int) -> dict[int, tuple[int, int]]:
    """Prospect id → how much of what the next stage asks for is on record, and how much that is; in few statements."""
    ladder = [stage.id for stage in stages(session, pipeline_id)]
    following = dict(itertools.pairwise(ladder))
    wanted: dict[int, list[int]] = {}
    for card in cards:
        if card.stage.id in following:
            wanted.setdefault(following[card.stage.id], []).append(card.prospect.id)
    found = findings_for(session, wanted, on=g.today) if wanted else {}
    return {one: (sum(each.proof is not None for each in rows), len(rows)) for one, rows in found.items() if rows}
