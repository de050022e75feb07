"""Who may get tasks, and the word that goes with them."""

from typing import Any

from donors.accounts.queries import users
from donors.core.db import current_session
from donors.web.forms import option
from donors.web.session import viewer


def owner_options() -> list[Any]:
    """All active users by name."""
    return [option(line.user.id, line.user.name) for line in users(current_session()) if line.user.active]


def handed_word(word: str) -> str:
    """A word to the one who gets a task, with who said it; empty for none."""
    return f"{viewer().name}: {word.strip()}" if word.strip() else ""
