"""Proposals of an ask: uploaded, read, approved or sent back, sent."""

from io import BytesIO

from flask import g, request, send_file, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.pipeline.asks.documents import LARGEST, document
from donors.pipeline.asks.proposals import content_of, version_of
from donors.pipeline.asks.propose import Sending, Verdict, decide, upload
from donors.pipeline.asks.queries import ask as one_ask
from donors.web.forms import number_in, refuse, typed
from donors.web.pipeline.ask_forms import ProposalForm, ReturnedForm, SentForm
from donors.web.pipeline.ask_views import Page, shown
from donors.web.pipeline.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.asks import send_proposal as send

CHANGED = "Somebody else decided about this version in the meantime; look what it is now."


def upload_proposal(opportunity_id: int) -> Page:
    """Keeps a document as the next version."""
    session = current_session()
    one_ask(session, opportunity_id, sees=viewer().sees)
    form, file = ProposalForm(request.form), request.files.get("file")
    if file is None or not file.filename:
        form.file.errors = ["Choose a file."]
    elif form.validate():
        within = open_change(session, "proposal.upload", act=web_act(typed(form.note)))
        try:
            given = document(file.filename, file.stream.read(LARGEST + 1))
            made = upload(session, opportunity_id, given, within=within, note=typed(form.note))
            return carried_out(within, _back(opportunity_id), f"Version {made.number} waits for approval.")
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
    return shown(opportunity_id, 422, proposal_form=form)


def proposal_file(opportunity_id: int, proposal_id: int) -> Response:
    """The document, to be kept and never to be shown by the browser itself."""
    session = current_session()
    one_ask(session, opportunity_id, sees=viewer().sees)
    version = version_of(session, opportunity_id, proposal_id)
    return send_file(
        BytesIO(content_of(session, version.id)),
        mimetype=version.media_type,
        as_attachment=True,
        download_name=version.file_name,
        etag=version.digest,
    )


def decide_proposal(opportunity_id: int, proposal_id: int) -> Page:
    """Approved, or sent back with a reason."""
    session = current_session()
    one_ask(session, opportunity_id, sees=viewer().sees)
    version_of(session, opportunity_id, proposal_id)
    form = ReturnedForm(request.form)
    verdict = Verdict("approve" in request.form, typed(form.reason))
    if form.validate():
        within = open_change(session, "proposal.decide", act=web_act(verdict.reason))
        try:
            decide(session, proposal_id, verdict, on=g.today, within=within, expect=number_in(form.version))
            said = "The proposal is approved." if verdict.approved else "The proposal is sent back."
            return carried_out(within, _back(opportunity_id), said)
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
        except Conflict:
            return shown(opportunity_id, 409, conflict=CHANGED)
    return shown(opportunity_id, 422, returned_form=form)


def send_proposal(opportunity_id: int, proposal_id: int) -> Page:
    """It has left, and an answer is due."""
    session = current_session()
    one_ask(session, opportunity_id, sees=viewer().sees)
    version_of(session, opportunity_id, proposal_id)
    form = SentForm(request.form)
    if form.validate():
        within = open_change(session, "proposal.sent", act=web_act())
        sending = Sending(form.sent_on.data or g.today, form.answer_due_on.data)
        try:
            asked = send(session, proposal_id, sending, within=within, expect=number_in(form.version))
            said = "The proposal is marked as sent" + (", and the ask as asked." if asked else ".")
            return carried_out(within, _back(opportunity_id), said)
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
        except Conflict:
            return shown(opportunity_id, 409, conflict=CHANGED)
    return shown(opportunity_id, 422, sent_form=form)


def _back(opportunity_id: int) -> str:
    return url_for(".ask_page", opportunity_id=opportunity_id) + "#proposal"
