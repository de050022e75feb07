"""Secrets that have to be read again are kept sealed: a copy of the database or a backup alone does not give them away.

The key is derived from the SECRET_KEY of the installation, which never lies in the database.
"""

import base64
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from donors.core.errors import Blocked

PURPOSE = b"perennial second factor"


@dataclass(frozen=True)
class Safe:
    """Seals with the first key and opens with any: the older ones are those that were in force before."""

    keys: tuple[str, ...] = field(repr=False)

    def seal(self, secret: str) -> str:
        """The secret as it is kept."""
        return self._fernet().encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret itself. Raises Blocked, with the way out, when it was sealed with a key that is no more."""
        try:
            return self._fernet().decrypt(sealed).decode()
        except InvalidToken as error:
            raise Blocked("The code cannot be checked", (GONE, WAY_OUT)) from error

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(_derived(key)) for key in self.keys])


GONE = "The SECRET_KEY of this installation has changed since your second factor was set up."
WAY_OUT = (
    "Sign in with a recovery code, or let whoever runs the server take it away with"
    " `flask user remove-second-factor`; then set it up anew."
)


def _derived(key: str) -> bytes:
    drawn = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(drawn)
