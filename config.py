"""All that is read from the environment, in one place."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Config:
    """How one process runs. Paths are absolute; sizes are bytes; times are seconds.

    `trusted_proxies` counts the proxies in front whose forwarding headers are believed (0: none).
    `practice_logins` are honored on loopback addresses only.
    """

    database_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    instance: Path = ROOT / "instance"
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: int = 0
    practice_logins: bool = True
    upload_limit: int = 64 * 1024 * 1024
    smtp_url: str = ""
    public_url: str = ""
    idle_limit: int = 60 * 60
    session_limit: int = 12 * 60 * 60
    pool_size: int = 5

    @property
    def site_url(self) -> str:
        """The address of the site for links in mails and on the command line, without a slash at the end."""
        host = "localhost" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not listened on
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"


def from_environment() -> Config:
    """The configuration that the environment describes; a key that is missing is made once and kept in `instance/`."""
    instance = Path(os.environ.get("INSTANCE_DIR", ROOT / "instance")).resolve()
    instance.mkdir(parents=True, exist_ok=True)
    return Config(
        database_url=_database_url(instance),
        secret_key=os.environ.get("SECRET_KEY") or _kept_key(instance / "secret_key"),
        secret_key_fallbacks=tuple(filter(None, os.environ.get("SECRET_KEY_FALLBACKS", "").split(","))),
        instance=instance,
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        trusted_proxies=int(os.environ.get("TRUSTED_PROXIES", "0")),
        practice_logins=os.environ.get("PRACTICE_LOGINS", "yes") == "yes",
        upload_limit=int(os.environ.get("UPLOAD_LIMIT", str(64 * 1024 * 1024))),
        smtp_url=os.environ.get("SMTP_URL", ""),
        public_url=os.environ.get("PUBLIC_URL", ""),
    )


def _database_url(instance: Path) -> str:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'perennial.db'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _kept_key(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()
