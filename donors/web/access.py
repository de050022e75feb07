"""Who may open what: one declared table from endpoint to need, and nothing else is open.

A need is a permission of donors/accounts/permissions.py or one of these words:

- `bare`: anybody, and neither user nor database is looked at (health);
- `public`: anybody;
- `half`: somebody who has given their password and owes the second factor, or is signed in;
- `signed in`: any user, whatever the role.

An endpoint that is not in the table answers 403 to everybody, and a test fails for it. To declare a page, add a line
to the dict of its blueprint: `TABLE["giving"]["new"] = "giving.write"` stands for the endpoint `giving.new`.
"""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from donors.accounts.permissions import ADMINISTRATOR
from donors.core.errors import NotAllowed

TABLE: dict[str, dict[str, str]] = {
    "accounts": {
        "sign_in": "public",
        "forgot": "public",
        "link": "public",
        "sign_out": "half",
        "second_factor": "half",
        "confirm": "signed in",
        "me": "signed in",
        "change_password": "signed in",
        "set_up_second_factor": "signed in",
        "second_factor_picture": "signed in",
        "remove_second_factor": "signed in",
        "make_recovery_codes": "signed in",
        "end_session": "signed in",
        "end_other_sessions": "signed in",
    },
    "today": {"index": "signed in", "today_page": "signed in"},
    "pipeline": {
        "board_page": "pipeline.read",
        "list_page": "pipeline.read",
        "moves_page": "pipeline.read",
        "prospect_page": "pipeline.read",
        "add": "pipeline.write",
        "log": "pipeline.write",
        "plan": "pipeline.write",
        "drop": "pipeline.write",
        "re_date": "pipeline.write",
        "stage": "pipeline.write",
        "ask": "pipeline.write",
        "close": "pipeline.write",
        "reopen": "pipeline.write",
        "officer": "pipeline.assign",
        "release_officer": "pipeline.assign",
    },
    "plans": {
        "index": "plans.read",
        "plan_page": "plans.read",
        "templates_page": "plans.read",
        "template_page": "plans.read",
        "tasks_page": "plans.read",
        "task_page": "plans.read",
        "start": "plans.write",
        "stop": "plans.write",
        "new_task": "plans.write",
        "complete": "plans.write",
        "skip": "plans.write",
        "reopen": "plans.write",
        "re_date": "plans.write",
        "hand_over": "plans.write",
        "new_template": "plans.design",
        "edit_template": "plans.design",
        "set_template_active": "plans.design",
    },
    "style": {"index": "signed in", "dialog": "signed in", "people": "signed in"},
    "constituents": {
        "index": "constituents.read",
        "export": "export",
        "filter_page": "constituents.read",
        "choose": "constituents.write",
        "chosen_officer": "pipeline.assign",
        "chosen_plan": "plans.write",
        "chosen_prospects": "pipeline.write",
        "chosen_no_contact": "constituents.write",
        "chosen_result": "constituents.write",
        "chosen_undo": "constituents.write",
        "save_view": "constituents.read",
        "drop_view": "constituents.read",
        "new": "constituents.write",
        "story_page": "constituents.read",
        "why": "constituents.read",
        "change": "constituents.write",
        "deceased": "constituents.write",
        "remove": "constituents.write",
        "removed": "constituents.write",
        "bring_back": "constituents.write",
        "reach": "constituents.write",
        "add": "constituents.write",
        "settle": "constituents.write",
        "say": "constituents.write",
        "people": "constituents.write",
        "tie": "constituents.write",
        "untie": "constituents.write",
        "stay": "constituents.write",
        "move_out": "constituents.write",
        "merge": "constituents.write",
    },
    "giving": {
        "list_page": "giving.read",
        "export": "export",
        "gift_page": "giving.read",
        "new": "giving.write",
        "edit": "giving.write",
        "refund": "giving.write",
        "correct": "giving.write",
        "take_back": "giving.write",
        "move": "giving.write",
        "remove": "giving.write",
    },
    "volunteering": {
        "list_page": "volunteering.read",
        "export": "export",
        "shift_page": "volunteering.read",
        "new": "volunteering.write",
        "edit": "volunteering.write",
        "remove": "volunteering.write",
    },
    "search": {"results": "constituents.read"},
    "settings": {"index": "settings.read", "organization_page": "settings.read", "save_organization": "settings.write"},
    "levels": {
        "index": "levels.read",
        "track_page": "levels.read",
        "people_page": "levels.read",
        "edges_page": "levels.read",
    },
    "reports": {
        "index": "reports.read",
        "levels_page": "reports.read",
        "people_page": "reports.read",
        "levels_file": "export",
        "people_file": "export",
        "retention_page": "reports.read",
        "retention_file": "export",
        "givers_page": "reports.read",
        "givers_file": "export",
        "givers_chosen": "constituents.write",
    },
    "settings_tracks": {
        "tracks_page": "settings.read",
        "edit": "settings.read",
        "add": "settings.write",
        "save": "settings.write",
        "activate": "settings.write",
    },
    "settings_stages": {
        "stages_page": "settings.read",
        "add": "settings.write",
        "new_stage": "settings.write",
        "edit": "settings.write",
        "retire": "settings.write",
    },
    "settings_rollups": {
        "rollups_page": "settings.read",
        "verify_now": "settings.write",
        "one": "settings.read",
        "add": "settings.write",
        "save": "settings.write",
        "switch": "settings.write",
    },
    "settings_audit": {"changes_page": "audit.read", "change_page": "audit.read", "undo_it": "changes.undo"},
    "settings_events": {"events_page": "audit.read"},
    "settings_purposes": {
        "purposes_page": "settings.read",
        "add": "settings.write",
        "rename": "settings.write",
        "set_active": "settings.write",
    },
    "imports": {
        "index": "imports.write",
        "new": "imports.write",
        "one": "imports.write",
        "result": "imports.write",
        "columns": "imports.write",
        "check": "imports.write",
        "apply": "imports.write",
        "go_on": "imports.write",
        "decide_all": "imports.write",
        "decide": "imports.write",
        "undo": "imports.write",
        "discard": "imports.write",
    },
    "settings_users": {
        "users_page": "users.manage",
        "add": "users.manage",
        "edit": "users.manage",
        "deactivate": "users.manage",
        "reactivate": "users.manage",
        "send_link": "users.manage",
        "remove_second_factor": "users.manage",
        "policy": "users.manage",
    },
    "settings_jobs": {
        "jobs_page": "jobs.manage",
        "retry": "jobs.manage",
        "skip": "jobs.manage",
        "mail_again": "jobs.manage",
    },
}
"""Blueprint → name of the view → need."""

FRESH = frozenset(
    {
        "accounts.change_password",
        "accounts.set_up_second_factor",
        "accounts.second_factor_picture",
        "accounts.remove_second_factor",
        "accounts.make_recovery_codes",
        "settings_users.add",
        "settings_users.edit",
        "settings_users.send_link",
        "settings_users.remove_second_factor",
        "settings_users.policy",
    }
)
"""Endpoints that ask for the password again when it was given longer ago than `FRESH_FOR`."""

FRESH_FOR = timedelta(minutes=15)
WORDS = frozenset({"bare", "public", "half", "signed in"})
LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def need_of(endpoint: str) -> str | None:
    """What an endpoint asks for; None where it is not declared."""
    blueprint, _, view = endpoint.rpartition(".")
    return TABLE.get(blueprint, {}).get(view)


def local_path(wanted: str | None, otherwise: str = "/today") -> str:
    """A path on this site to go on to, or `otherwise` for anything that could lead elsewhere."""
    if not wanted or not LOCAL.fullmatch(wanted):
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted


def register(app: Flask) -> None:
    """Checks every request against the table, and then its CSRF token."""
    app.before_request(_check)


def _check() -> AnyResponse | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    answer = _door(endpoint, need_of(endpoint))
    if answer is None and current_app.config["WTF_CSRF_ENABLED"]:
        current_app.extensions["csrf"].protect(apply_exemptions=True)
    return answer


def _door(endpoint: str, need: str | None) -> AnyResponse | None:
    """None lets the request in; a response sends it elsewhere. Raises NotAllowed."""
    if need in {"bare", "public"}:
        return None
    viewer = g.viewer
    if viewer is None:
        return _to_sign_in()
    if need == "half":
        return None
    if need is None or (need not in WORDS and not viewer.may(need)):
        raise NotAllowed(need or "undeclared")
    return _owed(endpoint)


def _owed(endpoint: str) -> AnyResponse | None:
    """Sends the viewer to what they have to prove or set up first."""
    if not g.viewer.complete:
        return redirect(url_for("accounts.second_factor"), 303)
    if _owes_second_factor() and not endpoint.startswith("accounts."):
        return redirect(url_for("accounts.set_up_second_factor"), 303)
    if endpoint in FRESH and g.now - g.viewer.strong_at > FRESH_FOR:
        return redirect(url_for("accounts.confirm", next=_here()), 303)
    return None


def _owes_second_factor() -> bool:
    viewer, asked_of = g.viewer, g.organization.second_factor_for
    if viewer.second_factor or viewer.practice or asked_of == "nobody":
        return False
    return bool(asked_of == "everybody" or viewer.role == ADMINISTRATOR)


def _to_sign_in() -> AnyResponse:
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        abort(Response("", 401))
    here = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("accounts.sign_in", next=here if here != "/" else None), 303)


def _here() -> str:
    """Where to go on after the password was given again: this page, or for a form the viewer's own page."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("accounts.me")
