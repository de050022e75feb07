"""Style sheets, scripts and pictures, served from memory under a digest of all of them.

The address changes when any file does, so browsers may keep what they have for ever, and relative imports inside
CSS and ES modules stay right. `app.css` is sent with its imports already in place: one request instead of twenty.
It stands in front of the app, so that a style sheet opens no session and no database.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOT = Path(__file__).parent / "static"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"
IMPORT = re.compile(r'@import url\("([\w.-]+\.css)"\) layer\((\w+)\)( print)?;')


@dataclass(frozen=True)
class Asset:
    """One file, ready to send: as it is, and smaller for those who take gzip."""

    body: bytes
    small: bytes
    kind: str


@dataclass(frozen=True)
class Assets:
    """All files by name, and the digest that they are served under."""

    files: dict[str, Asset]
    digest: str

    def url(self, name: str) -> str:
        """The path of one file; raises KeyError for a file that is not there, so that a typing error shows in tests."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.digest}/{name}"

    def answer(self, path: str, *, squeezed: bool) -> Response | None:
        """The response to a path, or None where the path names no file of this digest."""
        asset = self.files.get(path.removeprefix(f"/static/{self.digest}/"))
        if asset is None:
            return None
        response = Response(asset.small if squeezed else asset.body, content_type=asset.kind)
        if squeezed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = FOREVER
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def load(root: Path = ROOT) -> Assets:
    """Read every file below `root`."""
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    bodies = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    every = hashlib.sha256(b"\0".join(name.encode() + b"\0" + body for name, body in bodies.items()))
    if "css/app.css" in bodies:
        bodies["css/app.css"] = flatten((root / "css/app.css").read_text("utf-8"), root / "css").encode()
    return Assets({name: _asset(name, body) for name, body in bodies.items()}, every.hexdigest()[:12])


def flatten(sheet: str, folder: Path) -> str:
    """Put the imported sheets in place of their @import lines, each inside its layer."""

    def inline(found: re.Match[str]) -> str:
        name, layer, paper = found.groups()
        text = f"@layer {layer} {{\n{(folder / name).read_text('utf-8')}}}\n"
        return f"@media print {{\n{text}}}\n" if paper else text

    return IMPORT.sub(inline, sheet)


def register(app: Flask) -> Assets:
    """Serve the files in front of the app, and give every template `static_url(name)`."""
    assets = load()
    app.jinja_env.globals["static_url"] = assets.url
    app.extensions["assets"] = assets
    app.wsgi_app = _in_front(assets, app.wsgi_app)  # type: ignore[assignment, method-assign]  # Flask says so
    return assets


def _in_front(assets: Assets, inner: "WSGIApplication") -> "WSGIApplication":
    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"} and environ["PATH_INFO"].startswith("/static/"):
            squeezed = Request(environ).accept_encodings.quality("gzip") > 0
            response = assets.answer(environ["PATH_INFO"], squeezed=squeezed)
            if response is not None:
                return response(environ, start_response)
        return inner(environ, start_response)

    return serve


def _asset(name: str, body: bytes) -> Asset:
    suffix = Path(name).suffix
    kind = KINDS.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Asset(body, gzip.compress(body, 9, mtime=0), kind + charset)
