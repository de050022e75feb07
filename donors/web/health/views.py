"""/health: what monitoring asks every minute. 200 when all is well or can wait, 503 when somebody should be called.

It tells no figure of the organization and no name, asks for no sign-in, and answers when the database does not.
"""

import logging

from flask import Blueprint, Flask, Response, g, jsonify

from donors.core.db import current_session
from donors.jobs.pulse import Pulse, pulse

health = Blueprint("health", __name__, url_prefix="/health")
log = logging.getLogger(__name__)


@health.get("")
def health_page() -> tuple[Response, int]:
    """The pulse as JSON."""
    try:
        found = pulse(current_session(), at=g.now)
    except Exception:  # whatever it is that keeps the database from answering
        log.exception("the database does not answer")
        return jsonify(state="bad", database=False, troubles=["The database does not answer."]), 503
    return jsonify(_told(found)), 503 if found.state == "bad" else 200


def _told(found: Pulse) -> dict[str, object]:
    return {
        "state": found.state,
        "database": True,
        "troubles": list(found.troubles),
        "scheduler_seen": found.seen.isoformat(timespec="seconds") if found.seen else None,
        "seconds_behind": found.lag,
        "runs_parked": found.parked,
        "mails_given_up": found.dead_mails,
    }


def register(app: Flask) -> None:
    """Adds the address."""
    app.register_blueprint(health)
