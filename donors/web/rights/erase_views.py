"""Erasing a person: what goes and what stays, and why, before the name is typed."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.models import Constituent
from donors.constituents.queries import constituent
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Invalid
from donors.rights.erase import confirmed, erase, why_not_erased
from donors.rights.preview import preview
from donors.web.answer import done
from donors.web.forms import refuse, typed
from donors.web.rights.forms import EraseForm
from donors.web.session import viewer, web_act

Page = str | Response | tuple[str, int]


def erase_page(constituent_id: int) -> Page:
    """Shows what an erasure takes and leaves; carries it out when the name was typed."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees, deleted=True)
    form = EraseForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            confirmed(row, typed(form.confirm))
        except Invalid as error:
            refuse(form, error)
        else:
            return _erase(row)
    told = preview(session, row.id)
    page = render_template("rights/erase.html", who=row, form=form, told=told, reasons=why_not_erased(row))
    return page if request.method == "GET" else (page, 422)


def _erase(row: Constituent) -> Response:
    session = current_session()
    within = open_change(session, "person.erase", act=web_act())
    done_ = erase(session, row.id, on=g.today, within=within)
    return done(within, url_for(".person_page", constituent_id=done_.constituent_id), "This person is erased.")
