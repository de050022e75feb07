"""The organization's own hosts: from where forms may be sent, and to where they may lead afterwards. Pure."""

import re
from collections.abc import Container, Iterable
from urllib.parse import urlsplit

from donors.core.errors import Invalid

HOST = re.compile(
    r"(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::\d{1,5})?"
)
PLAIN = re.compile(r"https?://[^\s\\\x00-\x20\x7f<>\"]+", re.IGNORECASE)
MOST_HOSTS = 20


def host_of(url: str) -> str:
    """The host of an address of the web, with its port where it names one; empty for anything else.

    What browsers might read in another way has none: backslashes, blanks, names of users.
    """
    if not PLAIN.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not parts.hostname:
        return ""
    host = parts.hostname.lower() + (f":{port}" if port is not None else "")
    return host if HOST.fullmatch(host) else ""


def is_own(url: str, hosts: Container[str]) -> bool:
    """Whether an address lies on one of these hosts."""
    host = host_of(url)
    return bool(host) and host in hosts


def read_hosts(lines: Iterable[str]) -> tuple[str, ...]:
    """The hosts in lines that people typed, whole addresses among them. Raises Invalid, field `own_hosts`."""
    found = []
    for line in filter(None, (each.strip().lower() for each in lines)):
        host = host_of(line if "://" in line else f"https://{line}")
        if not host or ("://" not in line and host != line):
            raise Invalid("own_hosts", line[:60], "is not the name of a host", "Write it like www.example.org.")
        found.append(host)
    if len(found) > MOST_HOSTS:
        raise Invalid("own_hosts", "", f"are more than {MOST_HOSTS}", "Name those that hold a form.")
    return tuple(dict.fromkeys(found))
