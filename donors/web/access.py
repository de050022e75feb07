"""Who may open what: one declared table from endpoint to need, and nothing else is open.

A need is a permission of donors/accounts/permissions.py or one of these words:

- `bare`: anybody, and neither user nor database is looked at (health);
- `public`: anybody;
- `half`: somebody who has given their password and owes the second factor, or is signed in;
- `signed in`: any user, whatever the role.

An endpoint that is not in the table answers 403 to everybody, and a test fails for it. To declare a page, add a line
to the dict of its blueprint: `TABLE["giving"]["new"] = "giving.write"` stands for the endpoint `giving.new`.
"""

from datetime import timedelta

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
    "today": {
        "index": "signed in",
        "today_page": "signed in",
        "notices_page": "levels.read",
        "see_notices": "levels.read",
    },
    "pipeline": {
        "board_page": "pipeline.read",
        "list_page": "pipeline.read",
        "moves_page": "pipeline.read",
        "move_page": "pipeline.read",
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
        "edges_page": "reports.read",
        "edges_file": "export",
        "edges_chosen": "constituents.write",
        "movement_page": "reports.read",
        "movement_file": "export",
        "retention_page": "reports.read",
        "retention_file": "export",
        "gains_page": "reports.read",
        "gains_file": "export",
        "lybunt_page": "reports.read",
        "lybunt_file": "export",
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
    "settings_effects": {
        "failed_page": "settings.read",
        "add": "settings.write",
        "edit": "settings.write",
        "activate": "settings.write",
        "remove": "settings.write",
        "again": "settings.write",
        "give_up": "settings.write",
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


def need_of(endpoint: str) -> str | None:
    """What an endpoint asks for; None where it is not declared."""
    blueprint, _, view = endpoint.rpartition(".")
    return TABLE.get(blueprint, {}).get(view)
