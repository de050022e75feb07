"""Who is held out of a plan, so that its effect can be measured: drawn by lot, the same whenever it is asked.

The lot hangs on the constituent and the template alone. Whoever is held out at some percent is so at any higher one.
"""

from hashlib import sha256

OF = 10_000


def lot(constituent_id: int, template_id: int) -> int:
    """The lot of a constituent for a template: 0 to 9,999, all as likely."""
    drawn = sha256(f"held out of {template_id}: {constituent_id}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % OF


def is_held_out(constituent_id: int, template_id: int, percent: int) -> bool:
    """Whether a constituent is held out of plans of a template that holds out so many percent."""
    return lot(constituent_id, template_id) * 100 < percent * OF
