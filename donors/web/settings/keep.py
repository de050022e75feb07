"""Keeping what was changed of the organization's settings: the same for all pages that show some of them."""

from flask import flash
from wtforms import Form

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Invalid
from donors.web.forms import refuse
from donors.web.session import web_act
from donors.workflows.organization import Change, change_organization


def keep(change: Change, form: Form, said: str) -> bool:
    """Carries a change out and says so; false when it cannot be, and then the form shows why."""
    session = current_session()
    try:
        within = open_change(session, "organization.change", act=web_act())
        change_organization(session, change, within=within)
    except AlreadyDone:
        return True
    except Invalid as error:
        refuse(form, error)
        return False
    flash(said, "good")
    return True
