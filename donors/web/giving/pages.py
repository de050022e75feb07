"""The addresses of giving."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.giving import adjust_views, entry_views, gift_views, list_views, purpose_views

RULES = (
    ("", list_views.list_page, GET),
    ("/export", list_views.export, POST),
    ("/new", entry_views.new, BOTH),
    ("/funds", purpose_views.funds, GET),
    ("/funds/<int:fund_id>", purpose_views.fund, GET),
    ("/funds/<int:fund_id>/why/<fund_key>", purpose_views.fund_why, GET),
    ("/campaigns", purpose_views.campaigns, GET),
    ("/campaigns/<int:campaign_id>", purpose_views.campaign, GET),
    ("/campaigns/<int:campaign_id>/why/<campaign_key>", purpose_views.campaign_why, GET),
    ("/<int:gift_id>", gift_views.gift_page, GET),
    ("/<int:gift_id>/edit", gift_views.edit, BOTH),
    ("/<int:gift_id>/refund", adjust_views.refund, BOTH),
    ("/<int:gift_id>/correct", adjust_views.correct, BOTH),
    ("/<int:gift_id>/adjustments/<int:adjustment_id>/take-back", adjust_views.take_back, POST),
    ("/<int:gift_id>/move", adjust_views.move, BOTH),
    ("/<int:gift_id>/remove", adjust_views.remove, BOTH),
)

giving = part("giving", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(giving)
