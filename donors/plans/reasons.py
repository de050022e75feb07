"""Why a step was not done, in sentences that stand on its task."""


def because(subject: str, ended: str) -> str:
    """Why a step was not needed: how one before it ended."""
    return f"Not needed: “{subject}” ended as {ended or 'done'}."
