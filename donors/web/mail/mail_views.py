"""Mails: what waits for a yes, what waits to leave, what left, what could not; and what to do about each."""

from flask import Response as Answer
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import ChangeSet, open_change
from donors.core.db import current_session
from donors.core.errors import Conflict, Invalid
from donors.mail import steer
from donors.mail.models import DEAD, HELD
from donors.mail.queries import SHOWN, MailFilter, MailLine, counts_of_mails, mail_line, mails
from donors.mail.steer import Wording
from donors.web.answer import done
from donors.web.forms import number, refuse, typed
from donors.web.listing import page_number
from donors.web.mail.forms import GiveUpForm, WordingForm
from donors.web.mail.shown import as_document
from donors.web.session import viewer, web_act
from donors.workflows.held_mail import approve_mails, give_up_mails

Page = str | Response | tuple[str, int]
STAFF = "jobs.manage"
"""Who sees mail to staff as well: those who look after the server."""


def index() -> str:
    """A list of mails by what became of them; first those that wait for a yes."""
    session, seen = current_session(), viewer().sees
    asked = request.args.get("show", "held")
    which = MailFilter(asked if asked in SHOWN else "held", request.args.get("q", "").strip()[:100], _staff())
    return render_template(
        "mail/index.html",
        page=mails(session, which, sees=seen, number=page_number()),
        counts=counts_of_mails(session, sees=seen, staff=_staff()),
        which=which,
    )


def act() -> Response:
    """Approves the chosen mails, or gives them up."""
    session = current_session()
    ids = [one for text in request.form.getlist("ids") if (one := number(text)) is not None]
    visible = [mail_line(session, one, sees=viewer().sees, staff=_staff()).mail.id for one in ids]
    back = url_for(".index")
    if not visible:
        flash("Choose at least one mail.", "warn")
        return redirect(back, 303)
    if request.form.get("act") == "approve":
        within = open_change(session, "mail.approve", act=web_act())
        found = approve_mails(session, visible, within=within)
        return done(within, back, f"Approved: {found.sentence}.", "warn" if found.kept or found.gone else "good")
    reason = request.form.get("reason", "").strip() or "Not wanted."
    within = open_change(session, "mail.give_up", act=web_act(reason))
    return done(within, back, f"Given up: {give_up_mails(session, visible, reason=reason, within=within).sentence}.")


def mail_page(mail_id: int) -> Page:
    """One mail; while it is held, what it says can be changed."""
    line = _line(mail_id)
    mail = line.mail
    data = {"subject": mail.subject, "text": mail.text_body, "html": mail.html_body}
    form = WordingForm(request.form if request.method == "POST" else None, data=data)
    if request.method == "GET":
        return _shown(line, form, GiveUpForm())
    session = current_session()
    if form.validate():
        try:
            within = open_change(session, "mail.reword", act=web_act())
            wording = Wording(typed(form.subject), typed(form.text), typed(form.html))
            steer.reword(session, mail_id, wording, within=within)
            if request.form.get("act") == "approve":
                return _approve(line, within)
            return done(within, url_for(".mail_page", mail_id=mail_id), "The mail is changed; it still waits.")
        except Invalid as error:
            refuse(form, error)
    return _shown(line, form, GiveUpForm()), 422


def _approve(line: MailLine, within: ChangeSet) -> Response:
    """Lets a held mail leave, if the contact gate does."""
    found = approve_mails(current_session(), [line.mail.id], within=within)
    if found.gone:
        raise Conflict("mail", {"state": line.mail.state}, {"state": "approved"})
    if found.kept:
        return done(within, url_for(".mail_page", mail_id=line.mail.id), f"It stays: {line.mail.last_error}", "warn")
    return done(within, url_for(".index"), f"The mail to {line.mail.to_address} is on its way.")


def give_up(mail_id: int) -> Page:
    """Gives up a mail that has not left."""
    session, line = current_session(), _line(mail_id)
    form = GiveUpForm(request.form)
    if not form.validate():
        wording = WordingForm(data={"subject": line.mail.subject, "text": line.mail.text_body})
        return _shown(line, wording, form), 422
    within = open_change(session, "mail.give_up", act=web_act(typed(form.reason)))
    found = give_up_mails(session, [mail_id], reason=typed(form.reason), within=within)
    if found.gone:
        raise Conflict("mail", {"state": line.mail.state}, {"state": "given up"})
    return done(within, url_for(".index"), "The mail is given up.")


def again(mail_id: int) -> Response:
    """Lets a mail that could not be sent try again, if the contact gate still does."""
    session, line = current_session(), _line(mail_id)
    within = open_change(session, "mail.send_again", act=web_act())
    mail = steer.send_again(session, line.mail.id, within=within)
    if mail.state == DEAD:
        return done(within, url_for(".mail_page", mail_id=mail_id), f"It stays: {mail.last_error}", "warn")
    return done(within, url_for(".index", show="waiting"), f"The mail to {mail.to_address} will be tried again.")


def look(mail_id: int) -> Answer:
    """The HTML of a mail as its reader sees it, in a document that can do nothing."""
    return as_document(_line(mail_id, staff=False).mail.html_body)


def _line(mail_id: int, *, staff: bool | None = None) -> MailLine:
    shown = _staff() if staff is None else staff
    return mail_line(current_session(), mail_id, sees=viewer().sees, staff=shown)


def _staff() -> bool:
    return viewer().may(STAFF)


def _shown(line: MailLine, form: WordingForm, giving_up: GiveUpForm) -> str:
    return render_template(
        "mail/mail.html",
        line=line,
        mail=line.mail,
        form=form,
        giving_up=giving_up,
        is_held=line.mail.state == HELD,
        own_html=bool(line.mail.html_body) and not steer.is_made(line.mail),
    )
