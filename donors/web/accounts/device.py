"""The cookie of a browser that signed in before: its owner is not slowed down when others guess at the account.

It holds digests of addresses, signed, and proves nothing else.
"""

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from donors.accounts.secret import digest
from donors.web.security import cookie_name, cookie_settings

BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
KEPT_FOR = 180 * 24 * 60 * 60
MOST = 5


def is_known(email: str) -> bool:
    """Whether somebody signed in with this address on this browser before."""
    return digest(email.strip().lower()) in _accounts()


def remember(response: Response, email: str) -> None:
    """Marks this browser as one where the address signed in."""
    own = digest(email.strip().lower())
    kept = [own, *(each for each in _accounts() if each != own)][:MOST]
    config = current_app.config["HOUSE"]
    response.set_cookie(_name(), _signer().dumps(kept), max_age=KEPT_FOR, **cookie_settings(config))


def _accounts() -> list[str]:
    try:
        found = _signer().loads(request.cookies.get(_name(), ""), max_age=KEPT_FOR)
    except BadData:
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _name() -> str:
    return cookie_name(current_app.config["HOUSE"], "perennial_device")


def _signer() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], str(current_app.secret_key)]
    return URLSafeTimedSerializer(keys, salt="known device")


def described(agent: str) -> str:
    """A browser in words a person recognizes, as far as it says what it is: Firefox on Windows."""
    browser, system = (
        next((words for sign, words in known if sign in agent), "") for known in (BROWSERS, SYSTEMS)
    )  # fmt: skip
    return " on ".join(filter(None, (browser, system))) or agent[:60] or "Unknown browser"
