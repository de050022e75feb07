"""Who may open what of the leads; part of the table in donors/web/access.py."""

LEADS: dict[str, dict[str, str]] = {
    "leads": {},
}
"""Blueprint → name of the view → need."""
