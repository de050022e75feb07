"""Who may get tasks, and the word that goes with them."""

from typing import Any

from donors.accounts.queries import users
from donors.core.db import current_session
from donors.web.forms import number, option
from donors.web.session import viewer


def owner_options(*, in_queue: bool = False) -> list[Any]:
    """All active users by name; with `in_queue` also 0 for nobody, which is back to the queue."""
    active = [option(line.user.id, line.user.name) for line in users(current_session()) if line.user.active]
    return [*active, option(0, "Nobody: back to the queue")] if in_queue else active


def takers(*, in_queue: bool = False, but: int | None = None) -> list[Any]:
    """Those who may take a task over, nobody chosen yet; without the one who has it."""
    others = [each for each in owner_options(in_queue=in_queue) if each.value != str(but)]
    return [option("", "Choose a colleague"), *others]


def user_id(text: object) -> int | None:
    """What a choice among people says: none for nobody yet."""
    return number(str(text))


def handed_word(word: str) -> str:
    """A word to the one who gets a task, with who said it; empty for none."""
    return f"{viewer().name}: {word.strip()}" if word.strip() else ""
