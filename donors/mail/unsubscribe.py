"""The link by which somebody says, without signing in, that they want no more mail. Signed: it cannot be guessed.

It names the constituent and nothing else, so that it works for years: after merges, and in mails long forgotten.
"""

import base64
import hmac
import re
from dataclasses import dataclass, field

from donors.core.errors import NotFound

PATH = "/unsubscribe/"
PURPOSE = b"perennial unsubscribe by e-mail "
SHAPE = re.compile(r"([0-9]{1,18})-([A-Za-z0-9_-]{27})")


@dataclass(frozen=True)
class Links:
    """Makes links with the first key, and knows those that were made with any: the older ones were in force before.

    `site_url` is the address of the site without a slash at the end.
    """

    site_url: str
    keys: tuple[str, ...] = field(repr=False)

    def link(self, constituent_id: int) -> str:
        """The full address."""
        return f"{self.site_url}{PATH}{constituent_id}-{_signature(self.keys[0], constituent_id)}"

    def who(self, token: str) -> int:
        """The constituent (perhaps merged since) whose token this is. Raises NotFound for one that we never made."""
        found = SHAPE.fullmatch(token)
        if found is not None:
            constituent_id, given = int(found.group(1)), found.group(2)
            if any(hmac.compare_digest(given, _signature(key, constituent_id)) for key in self.keys):
                return constituent_id
        raise NotFound("link")


def _signature(key: str, constituent_id: int) -> str:
    digest = hmac.digest(key.encode(), PURPOSE + str(constituent_id).encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:20]).decode().rstrip("=")
