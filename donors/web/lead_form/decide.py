"""Pure rules of the public form: from where it may be sent, and what is asked once more."""

from collections.abc import Container
from typing import Literal

from donors.leads.hosts import host_of
from donors.web.lead_form.sealed import Seal

Came = Literal["here", "own", "unknown", "foreign"]
ASKED_AGAIN = {
    "quick": "That was quick. Look through it once more, and send it.",
    "old": "This page had been open for long. Look through it once more, and send it.",
    "none": "Look through what you have entered, and send it from here.",
}
"""Seal → what somebody reads who is asked to send it once more. Nothing that was typed is lost."""


def came_from(origin: str, referrer: str, *, here: Container[str], own: Container[str]) -> Came:
    """Whose page a form was sent from, as its browser says.

    `here` are the hosts of this site, `own` those of the organization's other sites.
    """
    said = origin if origin and origin != "null" else referrer
    if not said:
        return "unknown"
    host = host_of(said)
    if host and host in here:
        return "here"
    return "own" if host and host in own else "foreign"


def asks_again(came: Came, seal: Seal) -> str:
    """Why a form is shown once more before it is taken, in words; empty: it is taken.

    A page of the organization's own carries no time. Programs can name any origin: that gains them nothing, for they
    could as well open the page here and wait.
    """
    if came == "own" and seal == "none":
        return ""
    if came == "foreign":
        return ASKED_AGAIN["none"]
    return "" if seal == "good" else ASKED_AGAIN[seal]
