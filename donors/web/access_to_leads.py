"""Who may open what of the leads; part of the table in donors/web/access.py."""

LEADS: dict[str, dict[str, str]] = {
    "settings_leads": {
        "leads_page": "settings.read",
        "save_hosts": "settings.write",
        "save_rota": "settings.write",
        "add": "settings.write",
        "edit": "settings.read",
        "save": "settings.write",
        "look": "settings.write",
        "activate": "settings.write",
        "key": "settings.write",
    },
    "leads": {
        "new": "leads.add",
        "index": "leads.read",
        "filter_page": "leads.read",
        "choose": "leads.write",
        "chosen_owner": "leads.write",
        "chosen_follow_up": "leads.write",
        "chosen_disqualify": "leads.write",
        "suggested_page": "leads.read",
        "choose_suggested": "leads.write",
        "not_now": "leads.write",
        "convert": "leads.write",
        "undo": "leads.write",
        "lead_page": "leads.read",
        "try_it": "leads.write",
        "follow_up": "leads.write",
        "give_it": "leads.write",
        "fit": "leads.write",
        "disqualify": "leads.write",
        "reopen": "leads.write",
    },
    "lead_form": {"form_page": "bare", "send": "bare", "thanks_page": "bare"},
}
"""Blueprint → name of the view → need."""
