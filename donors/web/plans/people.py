"""Who may get tasks, and the word that goes with them."""

from typing import Any

from donors.accounts.queries import users
from donors.core.db import current_session
from donors.web.forms import option
from donors.web.session import viewer


def owner_options(*, in_queue: bool = False) -> list[Any]:
    """All active users by name; with `in_queue` also 0 for nobody, which is back to the queue."""
    active = [option(line.user.id, line.user.name) for line in users(current_session()) if line.user.active]
    return [*active, option(0, "Nobody: back to the queue")] if in_queue else active


def handed_word(word: str) -> str:
    """A word to the one who gets a task, with who said it; empty for none."""
    return f"{viewer().name}: {word.strip()}" if word.strip() else ""
