"""Which gifts fulfil an ask: linked from the ask or from the gift, and taken back."""

from flask import g, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import NotAllowed
from donors.giving.queries.gifts import story
from donors.pipeline.asks.gifts import unlink_gift
from donors.pipeline.asks.queries import ask as one_ask
from donors.web.forms import number
from donors.web.pipeline.undo_views import carried_out
from donors.web.session import viewer, web_act
from donors.workflows.asks import receive_ask


def link_gift(opportunity_id: int) -> Response:
    """A gift fulfils the ask, which is received by it."""
    session = current_session()
    one_ask(session, opportunity_id, sees=viewer().sees)
    if not viewer().may("giving.read"):
        raise NotAllowed("giving.read")
    gift_id = number(request.form.get("gift", "")) or 0
    story(session, gift_id, sees=viewer().sees)
    within = open_change(session, "ask.gift", act=web_act())
    receive_ask(session, opportunity_id, gift_id, on=g.today, within=within)
    back = url_for(".ask_page", opportunity_id=opportunity_id)
    return carried_out(within, back, "The gift fulfils the ask.")


def unlink(opportunity_id: int, gift_id: int) -> Response:
    """It does not after all; the status of the ask stays."""
    session = current_session()
    one_ask(session, opportunity_id, sees=viewer().sees)
    within = open_change(session, "ask.unlink", act=web_act())
    unlink_gift(session, opportunity_id, gift_id, within=within)
    back = url_for(".ask_page", opportunity_id=opportunity_id)
    return carried_out(within, back, "The gift is no longer linked; the status of the ask is as it was.")
