"""Why a step was not done, in sentences that stand on its task."""

from donors.plans.terms import NOT_NEEDED


def because(subject: str, ended: str) -> str:
    """Why a step was not needed: how one before it ended, or that it was not needed either."""
    if ended == NOT_NEEDED:
        return f"Not needed: “{subject}” was not needed."
    return f"Not needed: “{subject}” ended as {ended or 'done'}."
