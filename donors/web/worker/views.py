"""/sw.js: the service worker. It stands at the top because a worker governs only what lies below its address."""

from flask import Blueprint, Flask, Response, current_app, json

from donors.web.assets import Assets

worker = Blueprint("worker", __name__)
PARTS = ("js/kept_store.js", "js/kept_send.js", "js/worker.js")
KEPT = ("css/app.css", "img/icon.svg")


@worker.get("/sw.js")
def script() -> Response:
    """The worker with what it needs, in one file; browsers ask for it anew, so a new version takes over at once."""
    assets: Assets = current_app.extensions["assets"]
    modules = sorted(name for name in assets.files if name.startswith("js/") and name not in PARTS[2:])
    house = {"digest": assets.digest, "files": [assets.url(name) for name in (*KEPT, *modules)]}
    parts = (assets.files[name].body.decode() for name in PARTS)
    answer = Response(
        "\n".join((f"const HOUSE = {json.dumps(house)};", *parts)), content_type="text/javascript; charset=utf-8"
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def register(app: Flask) -> None:
    """Adds the address."""
    app.register_blueprint(worker)
