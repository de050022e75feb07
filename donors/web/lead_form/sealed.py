"""The signed time in a form: when its page was shown, so that one sent at once, or days later, is looked at again."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer

LEAST, LONGEST = timedelta(seconds=3), timedelta(hours=24)
Seal = Literal["none", "good", "quick", "old"]


class Sealer:
    """Signs with the first key, and knows what was signed with the others."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._serializer = URLSafeSerializer(list(reversed(keys)), salt="time of a lead form")

    def seal(self, token: str, at: datetime) -> str:
        """What the page of a form carries that is shown at an instant."""
        return str(self._serializer.dumps([token, int(at.timestamp())]))

    def look(self, sealed: str, token: str, at: datetime) -> Seal:
        """What a seal says of a form that is sent at an instant; one that we never made is none."""
        try:
            of, shown = self._serializer.loads(sealed[:500])
            age = at - datetime.fromtimestamp(shown, UTC)
        except (BadSignature, ValueError, TypeError, OverflowError):
            return "none"
        if of != token:
            return "none"
        if age < LEAST:
            return "quick"
        return "good" if age <= LONGEST else "old"
