"""Who may open what of the leads; part of the table in donors/web/access.py."""

LEADS: dict[str, dict[str, str]] = {
    "leads": {"new": "leads.add"},
    "settings_leads": {
        "leads_page": "settings.read",
        "save_hosts": "settings.write",
        "save_rota": "settings.write",
        "add": "settings.write",
        "edit": "settings.read",
        "look": "settings.write",
        "activate": "settings.write",
        "key": "settings.write",
    },
    "lead_form": {"form_page": "bare", "send": "bare", "thanks_page": "bare"},
}
"""Blueprint → name of the view → need."""
