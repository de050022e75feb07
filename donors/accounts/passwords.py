"""Passwords: how they are kept (argon2id) and which are accepted.

Rules of OWASP ASVS 5.0, chapter 6.2: length counts, composition does not, nothing is cut off, and passwords that
everybody guesses first, also with digits around them or letters swapped, are refused.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from donors.core.errors import Invalid

SHORTEST = 10
LONGEST = 512
FEWEST_DIFFERENT = 5
LEAST_OF_ONES_OWN = 6
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopasdfghjklyxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)
SWAPPED = str.maketrans("013457@$!|", "oleastasil")

# 256 MiB at most for all threads of a process together.
_AT_ONCE = BoundedSemaphore(4)
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt."""
    with _AT_ONCE:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password fits. Without a hash it takes as long and says no, so that unknown users do not show."""
    with _AT_ONCE:
        try:
            _hasher.verify(password_hash or _nobodys_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_rules(password: str, *, context: Iterable[str] = ()) -> None:
    """Refuses weak passwords. `context` are words that an attacker knows, such as the name. Raises Invalid."""
    if len(password) < SHORTEST:
        raise _weak(f"must have at least {SHORTEST} characters", "Four words that nobody expects together do well.")
    if len(password) > LONGEST:
        raise _weak(f"must have at most {LONGEST} characters", "")
    if len(set(password)) < FEWEST_DIFFERENT:
        raise _weak("repeats too few characters", "Use more different ones.")
    if _is_common(password.lower()):
        raise _weak("is among those that are guessed first", "Choose something of your own.")
    if len(_without(password.lower(), context)) < LEAST_OF_ONES_OWN:
        raise _weak("is made of your name or the name of the organization", "Choose something else.")


def _weak(problem: str, remedy: str) -> Invalid:
    return Invalid("password", None, problem, remedy)


def _is_common(lowered: str) -> bool:
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lowered)
    for text in (lowered, bare, bare.translate(SWAPPED), re.sub(r"[\W_]+", "", bare)):
        half = text[: len(text) // 2]
        if text in common() or (half * 2 == text and half in common()):
            return True
    return any(lowered in row or lowered in row[::-1] for row in ROWS)


def _without(lowered: str, context: Iterable[str]) -> str:
    words = {word for text in (*context, "perennial") for word in re.split(r"[\W_]+", text.lower()) if len(word) > 3}
    rest = lowered
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return lowered if rest == lowered else re.sub(r"[\W\d_]+", "", rest)


@cache
def common() -> frozenset[str]:
    """Passwords and words that are guessed first, in lower case."""
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
