"""Who may open what: one declared table from endpoint to need, and nothing else is open.

A need is a permission of donors/accounts/permissions.py or one of these words:

- `bare`: anybody, and nobody is looked up, neither the user nor the organization (health);
- `public`: anybody;
- `half`: somebody who has given their password and owes the second factor, or is signed in;
- `signed in`: any user, whatever the role.

An endpoint that is not in the table answers 403 to everybody, and a test fails for it. To declare a page, add a line
to the dict of its blueprint: `TABLE["giving"]["new"] = "giving.write"` stands for the endpoint `giving.new`.
"""

from datetime import timedelta

from donors.web.access_to_leads import LEADS
from donors.web.access_to_pipeline import PIPELINE
from donors.web.access_to_reports import REPORTS
from donors.web.access_to_rights import RIGHTS
from donors.web.access_to_settings import SETTINGS

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
        "own_absences": "signed in",
        "remove_own_absence": "signed in",
        "calendar_page": "signed in",
        "make_calendar": "signed in",
        "revoke_calendar": "signed in",
        "calendar_file": "public",
        "morning_mail": "signed in",
    },
    "today": {
        "index": "signed in",
        "today_page": "signed in",
        "notices_page": "levels.read",
        "see_notices": "levels.read",
    },
    **PIPELINE,
    **LEADS,
    "plans": {
        "index": "plans.read",
        "plan_page": "plans.read",
        "templates_page": "plans.read",
        "template_page": "plans.read",
        "tasks_page": "plans.read",
        "task_page": "plans.read",
        "start": "plans.write",
        "pause": "plans.write",
        "resume": "plans.write",
        "shift": "plans.write",
        "stop": "plans.write",
        "restart": "plans.write",
        "again": "plans.write",
        "undo": "plans.write",
        "new_task": "plans.write",
        "complete": "plans.write",
        "skip": "plans.write",
        "reopen": "plans.write",
        "re_date": "plans.write",
        "hand_over": "plans.write",
        "put_off": "plans.write",
        "take_it": "plans.write",
        "choose_tasks": "plans.write",
        "chosen_tasks": "plans.write",
        "new_template": "plans.design",
        "edit_template": "plans.design",
        "carry_page": "plans.design",
        "set_template_active": "plans.design",
    },
    "mail": {
        "index": "mail.write",
        "act": "mail.write",
        "mail_page": "mail.write",
        "give_up": "mail.write",
        "again": "mail.write",
        "look": "mail.write",
        "templates_page": "plans.design",
        "new_template": "plans.design",
        "edit_template": "plans.design",
        "set_template_active": "plans.design",
        "template_look": "plans.design",
    },
    "unsubscribe": {"ask_page": "public", "confirm": "public"},
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
        "levels_page": "levels.read",
        "decide": "levels.write",
        "release": "levels.write",
        "change": "constituents.write",
        "deceased": "constituents.write",
        "remove": "constituents.write",
        "removed": "constituents.write",
        "bring_back": "constituents.write",
        "reach": "constituents.write",
        "add": "constituents.write",
        "settle": "constituents.write",
        "say": "constituents.write",
        "ratings_page": "pipeline.read",
        "add_rating": "pipeline.write",
        "people": "constituents.write",
        "tie": "constituents.write",
        "untie": "constituents.write",
        "stay": "constituents.write",
        "move_out": "constituents.write",
        "merge": "constituents.write",
        "merges": "constituents.write",
        "unmerge_page": "constituents.write",
    },
    "duplicates": {
        "index": "constituents.write",
        "apart": "constituents.write",
        "again": "constituents.write",
        "search": "constituents.write",
        "undo": "constituents.write",
    },
    "giving": {
        "list_page": "giving.read",
        "export": "export",
        "gift_page": "giving.read",
        "funds": "giving.read",
        "fund": "giving.read",
        "fund_why": "giving.read",
        "campaigns": "giving.read",
        "campaign": "giving.read",
        "campaign_why": "giving.read",
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
    "health": {"health_page": "bare"},
    "worker": {"script": "bare"},
    "search": {"results": "constituents.read"},
    "levels": {
        "index": "levels.read",
        "track_page": "levels.read",
        "people_page": "levels.read",
        "edges_page": "levels.read",
        "what_if_page": "settings.read",
        "apply_what_if": "settings.write",
    },
    "reports": REPORTS,
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
    **RIGHTS,
    **SETTINGS,
}
"""Blueprint → name of the view → need."""

FRESH = frozenset(
    {
        "accounts.change_password",
        "accounts.set_up_second_factor",
        "accounts.second_factor_picture",
        "accounts.remove_second_factor",
        "accounts.make_recovery_codes",
        "rights.erase_page",
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
