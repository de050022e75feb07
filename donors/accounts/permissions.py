"""Which role carries which permission: one frozen table. Pages ask for permissions, never for roles."""

from types import MappingProxyType

ADMINISTRATOR = "administrator"
DIRECTOR = "director"
OFFICER = "officer"
GIFT_ENTRY = "gift_entry"
VOLUNTEER_COORDINATOR = "volunteer_coordinator"
READER = "reader"

ROLES = MappingProxyType(
    {
        ADMINISTRATOR: "Administrator",
        DIRECTOR: "Director",
        OFFICER: "Officer",
        GIFT_ENTRY: "Gift entry",
        VOLUNTEER_COORDINATOR: "Volunteer coordinator",
        READER: "Reader",
    }
)
"""Role → its name on pages, from the most to the least that it may do."""

PERMISSIONS = MappingProxyType(
    {
        "constituents.read": "See constituents and their story",
        "constituents.write": "Add and change constituents",
        "confidential.read": "See confidential constituents without a grant",
        "giving.read": "See gifts and giving totals",
        "giving.write": "Enter and correct gifts",
        "volunteering.read": "See shifts and hours",
        "volunteering.write": "Enter shifts and hours",
        "pipeline.read": "See prospects, moves and the board",
        "pipeline.write": "Log moves and advance prospects",
        "pipeline.assign": "Assign prospects to any officer",
        "leads.read": "See leads and what became of them",
        "leads.add": "Enter somebody as a lead, who goes to the rota",
        "leads.write": "Try to reach leads, qualify and convert them",
        "plans.read": "See plans and tasks",
        "plans.write": "Start plans and complete tasks",
        "plans.design": "Change plan templates",
        "mail.write": "Approve, edit and give up mail to constituents",
        "levels.read": "See levels and who stands where",
        "levels.write": "Freeze and set levels by hand, leave somebody out",
        "reports.read": "Open the reports",
        "imports.write": "Import files and undo imports",
        "export": "Take lists and reports out as files",
        "rights.answer": "Answer what persons ask for by right: their file, objection, restriction, erasure",
        "settings.read": "See the settings",
        "settings.write": "Change the settings",
        "users.manage": "Invite users, change roles, deactivate",
        "audit.read": "Read the audit record",
        "changes.undo": "Undo what others did",
        "jobs.manage": "See job runs and start them",
    }
)
"""Permission → what it lets somebody do, in words for pages."""

_READS = frozenset(
    {
        "constituents.read",
        "giving.read",
        "volunteering.read",
        "pipeline.read",
        "leads.read",
        "plans.read",
        "levels.read",
    }
)
_OFFICER = _READS | {
    "constituents.write",
    "pipeline.write",
    "leads.add",
    "leads.write",
    "plans.write",
    "plans.design",
    "mail.write",
    "reports.read",
    "export",
}

CARRIES = MappingProxyType(
    {
        ADMINISTRATOR: frozenset(PERMISSIONS),
        DIRECTOR: frozenset(PERMISSIONS) - {"users.manage", "settings.write", "jobs.manage"},
        OFFICER: _OFFICER,
        GIFT_ENTRY: frozenset(
            {
                "constituents.read",
                "constituents.write",
                "giving.read",
                "giving.write",
                "levels.read",
                "plans.read",
                "plans.write",
                "imports.write",
            }
        ),
        VOLUNTEER_COORDINATOR: frozenset(
            {
                "constituents.read",
                "constituents.write",
                "volunteering.read",
                "volunteering.write",
                "leads.add",
                "plans.read",
                "plans.write",
            }
        ),
        READER: _READS | {"reports.read"},
    }
)
"""Role → the permissions that it carries."""


def carries(role: str, permission: str) -> bool:
    """Whether a role carries a permission. Raises KeyError for a permission that does not exist."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return permission in CARRIES.get(role, frozenset())
