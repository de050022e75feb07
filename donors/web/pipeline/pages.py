"""The addresses of the pipeline."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.pipeline import (
    add_views,
    ask_gift_views,
    ask_list_views,
    ask_views,
    board_views,
    charge_views,
    folio_views,
    forecast_views,
    goal_views,
    hand_over_views,
    kept_views,
    move_views,
    portfolio_views,
    proposal_views,
    prospect_views,
    report_views,
    sheet_views,
    stage_views,
    team_views,
    turn_views,
)

RULES = (
    ("", board_views.board_page, GET),
    ("/list", board_views.list_page, GET),
    ("/moves", board_views.moves_page, GET),
    ("/add", add_views.add, BOTH),
    ("/log", report_views.log, BOTH),
    ("/log/kept", kept_views.kept_page, GET),
    ("/log/kept", kept_views.take_kept, POST),
    ("/log/token", kept_views.token, GET),
    ("/moves/new", move_views.plan, BOTH),
    ("/moves/<int:move_id>", move_views.move_page, GET),
    ("/moves/<int:move_id>/edit", report_views.edit, BOTH),
    ("/moves/<int:move_id>/remove", report_views.remove, POST),
    ("/moves/undo/<int:change_set_id>", report_views.undo, POST),
    ("/moves/<int:move_id>/drop", move_views.drop, POST),
    ("/moves/<int:move_id>/date", move_views.re_date, POST),
    ("/next", turn_views.turns, GET),
    ("/put-off", turn_views.snoozed, GET),
    ("/unassigned", folio_views.unassigned, GET),
    ("/returns", folio_views.returns, GET),
    ("/portfolios", portfolio_views.portfolios, GET),
    ("/portfolios/<int:user_id>/people", folio_views.holdings, GET),
    ("/portfolios/<int:user_id>/hand-over", hand_over_views.hand_over, BOTH),
    ("/portfolios/<int:user_id>", portfolio_views.portfolio, GET),
    ("/portfolios/<int:user_id>/pack", sheet_views.pack_page, GET),
    ("/<int:prospect_id>/briefing", sheet_views.briefing_page, GET),
    ("/portfolios/<int:user_id>/why/<portfolio_key>", portfolio_views.portfolio_why, GET),
    ("/forecast", forecast_views.forecast_page, GET),
    ("/forecast/file", forecast_views.forecast_file, POST),
    ("/goals", goal_views.goals_page, BOTH),
    ("/goals/<int:goal_id>/remove", goal_views.drop_goal, POST),
    ("/asks", ask_list_views.asks_page, GET),
    ("/asks/export", ask_list_views.asks_export, POST),
    ("/asks/new", ask_views.new_ask, BOTH),
    ("/asks/<int:opportunity_id>", ask_views.ask_page, GET),
    ("/asks/<int:opportunity_id>/edit", ask_views.edit_ask, BOTH),
    ("/asks/<int:opportunity_id>/step", ask_views.step, POST),
    ("/asks/<int:opportunity_id>/proposals", proposal_views.upload_proposal, POST),
    ("/asks/<int:opportunity_id>/proposals/<int:proposal_id>", proposal_views.proposal_file, GET),
    ("/asks/<int:opportunity_id>/proposals/<int:proposal_id>/decide", proposal_views.decide_proposal, POST),
    ("/asks/<int:opportunity_id>/proposals/<int:proposal_id>/sent", proposal_views.send_proposal, POST),
    ("/asks/<int:opportunity_id>/gifts", ask_gift_views.link_gift, POST),
    ("/asks/<int:opportunity_id>/gifts/<int:gift_id>/unlink", ask_gift_views.unlink, POST),
    ("/<int:prospect_id>", prospect_views.prospect_page, GET),
    ("/<int:prospect_id>/stage", stage_views.stage, BOTH),
    ("/<int:prospect_id>/officer", charge_views.officer, BOTH),
    ("/<int:prospect_id>/officer/<int:assignment_id>/release", charge_views.release_officer, POST),
    ("/<int:prospect_id>/close", prospect_views.close, POST),
    ("/<int:prospect_id>/reopen", prospect_views.reopen, POST),
    ("/<int:prospect_id>/strategy", team_views.strategy, BOTH),
    ("/<int:prospect_id>/snooze", team_views.snooze, BOTH),
    ("/<int:prospect_id>/wake", team_views.wake, POST),
    ("/<int:prospect_id>/team", team_views.team, POST),
)

pipeline = part("pipeline", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(pipeline)
