"""Who may open what of the leads; part of the table in donors/web/access.py."""

LEADS: dict[str, dict[str, str]] = {
    "leads": {},
    "lead_form": {"form_page": "bare", "send": "bare", "thanks_page": "bare"},
}
"""Blueprint → name of the view → need."""
