"""Mail templates: the list, and the editor, which shows at once what somebody would get."""

import secrets
from typing import Any

from flask import Response as Answer
from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.models import Constituent
from donors.constituents.queries import constituent
from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Conflict, Invalid
from donors.mail.gate import Asked, may_contact
from donors.mail.language import LINK
from donors.mail.models import MailTemplate
from donors.mail.outbox import Letter, post
from donors.mail.queries import mail_template, mail_templates
from donors.mail.template import Draft, add_template, change_template, checked, render, switch_template
from donors.mail.values import Offered, offered
from donors.web.answer import done
from donors.web.choose import choice
from donors.web.forms import number, number_in, refuse
from donors.web.mail.forms import MAIL_PURPOSES, TemplateForm, filled
from donors.web.mail.shown import as_document
from donors.web.session import viewer, web_act

Page = str | Response | tuple[str, int]
STANDS_FOR_LINK = "(the unsubscribe link)"
FIRST = {
    "purpose": "news",
    "look": "letter",
    "policy": "at_least_once",
    "text_body": "Dear {dear, or: friend},\n\n\n\nYours,\n{officer, or: all of us}\n{organization}",
}


def templates_page() -> str:
    """All templates."""
    return render_template("mail/templates.html", rows=mail_templates(current_session()), purposes=MAIL_PURPOSES)


def new_template() -> Page:
    """A template from nothing."""
    return _edited(None)


def edit_template(mail_template_id: int) -> Page:
    """A template with its preview."""
    return _edited(mail_template(current_session(), mail_template_id))


def _edited(row: MailTemplate | None) -> Page:
    form = TemplateForm(request.form, data=FIRST if row is None else filled(row))
    if request.method == "GET":
        return _shown(row, form)
    if not form.validate():
        return _shown(row, form), 422
    try:
        act = request.form.get("act", "save")
        return _tried(row, form, by_mail=act == "test") if act in ("preview", "test") else _saved(row, form)
    except Invalid as error:
        refuse(form, error)
        return _shown(row, form), 422
    except Conflict:
        form.version.data = str(mail_template(current_session(), row.id if row else 0).version)
        return _shown(row, form, theirs=True), 409


def _saved(row: MailTemplate | None, form: TemplateForm) -> Response:
    session = current_session()
    within = open_change(session, "mail_template.save", act=web_act())
    if row is None:
        row = add_template(session, form.draft, within=within)
    else:
        expect = number_in(form.version)
        change_template(session, row.id, form.draft, within=within, expect=expect)
    return done(within, url_for(".edit_template", mail_template_id=row.id), f"{row.name} is saved.")


def _tried(row: MailTemplate | None, form: TemplateForm, *, by_mail: bool) -> Page:
    """Shows what the chosen constituent would get, or sends it to the viewer. Raises Invalid."""
    session, chosen = current_session(), choice(current_session(), request.form, "constituent")
    if chosen.id is None:
        form.constituent.errors = [chosen.problem if chosen.said else "Choose somebody to try it for."]
        return _shown(row, form), 422
    who = constituent(session, chosen.id, sees=viewer().sees)
    draft = checked(session, form.draft)
    made = render(session, draft, who.id, on=g.today)
    if not by_mail:
        return _shown(row, form, tried=_tried_for(session, draft, who))
    if made.trouble:
        raise Invalid("constituent", who.name, "lacks what the template needs", made.trouble)
    within = open_change(session, "mail_template.test", act=web_act())
    key = f"mail/test/{viewer().id}/{secrets.token_hex(8)}"
    text, html = (body.replace(LINK, STANDS_FOR_LINK) for body in (made.text, made.html))
    post(session, Letter(key, viewer().email, f"[Test] {made.subject}", text, html), within=within)
    said = f"A test as for {who.name} is on its way to {viewer().email}."
    return _shown(row, form, tried=_tried_for(session, draft, who), said=said)


def _tried_for(session: Session, draft: Draft, who: Constituent) -> dict[str, Any]:
    """The mail for somebody, and what the contact gate would say."""
    asked = Asked(who.id, "email", draft.purpose, "mail/preview", draft.name)
    return {
        "who": who,
        "mail": render(session, draft, who.id, on=g.today),
        "answer": may_contact(session, asked, at=g.now),
    }


def set_template_active(mail_template_id: int) -> Response:
    """Offers a template to steps of plans, or no longer."""
    session = current_session()
    active = request.form.get("active") == "yes"
    within = open_change(session, "mail_template.use" if active else "mail_template.retire", act=web_act())
    row = switch_template(session, mail_template_id, active=active, within=within)
    said = f"{row.name} is offered again." if active else f"{row.name} is no longer offered; plans that use it go on."
    return done(within, url_for(".templates_page"), said)


def template_look(mail_template_id: int) -> Answer:
    """The HTML that a saved template makes for a constituent; of nobody, nothing."""
    session = current_session()
    row, asked_for = mail_template(session, mail_template_id), number(request.args.get("constituent", ""))
    if asked_for is None:
        return as_document("")
    who = constituent(session, asked_for, sees=viewer().sees)
    return as_document(render(session, row, who.id, on=g.today).html)


def _shown(
    row: MailTemplate | None,
    form: TemplateForm,
    *,
    theirs: bool = False,
    tried: dict[str, Any] | None = None,
    said: str = "",
) -> str:
    session = current_session()
    return render_template(
        "mail/template.html",
        form=form,
        template=row,
        picked=choice(session, request.values, "constituent"),
        fields=_by_heading(offered(session)),
        theirs=theirs,
        tried=tried,
        said=said,
    )


def _by_heading(known: dict[str, Offered]) -> dict[str, list[Offered]]:
    found: dict[str, list[Offered]] = {}
    for one in known.values():
        found.setdefault(one.heading, []).append(one)
    return found
