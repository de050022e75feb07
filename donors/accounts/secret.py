"""Random tokens and their digests. A token carries 256 bits, so a plain SHA-256 digest is safe to keep."""

import hashlib
import secrets


def new_token() -> str:
    """A fresh token, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def digest(value: str) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(value.encode()).hexdigest()
