"""Goals: what is aimed at in a fiscal year, by everybody, in a pipeline or by an officer."""

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Invalid
from donors.core.money import parse_money
from donors.pipeline.odds.goals import MEASURES, Aim, remove_goal, set_goal
from donors.pipeline.odds.queries import goals
from donors.pipeline.queries.prospects import officers
from donors.pipeline.queries.stages import pipelines
from donors.web.answer import done
from donors.web.forms import id_of, option, refuse, typed
from donors.web.session import web_act


class GoalForm(Form):
    """A goal. Money is typed as money, the others as whole numbers."""

    fiscal_year = SelectField("Fiscal year", coerce=int)
    measure = SelectField("What", choices=[option(code, words) for code, words in MEASURES.items()])
    target = StringField("How much", [InputRequired("Say how much.")])
    officer_id = SelectField("Whose")
    pipeline_id = SelectField("Pipeline")


def goals_page() -> str | Response | tuple[str, int]:
    """All goals, and a form for one more; the same again replaces what there was."""
    session = current_session()
    form = _form()
    if request.method == "POST" and form.validate():
        try:
            aim = _aim(form)
            within = open_change(session, "goal.set", act=web_act())
            set_goal(session, aim, within=within)
            return done(within, url_for(".goals_page"), f"The goal for FY {aim.fiscal_year} is set.")
        except Invalid as error:
            refuse(form, error)
    page = render_template("pipeline/goals.html", form=form, goals=goals(session), measures=MEASURES)
    return (page, 422) if request.method == "POST" else page


def drop_goal(goal_id: int) -> Response:
    """Takes a goal away."""
    within = open_change(current_session(), "goal.remove", act=web_act())
    remove_goal(current_session(), goal_id, within=within)
    return done(within, url_for(".goals_page"), "The goal is removed.")


def _form() -> GoalForm:
    session = current_session()
    year = g.organization.fiscal.year_of(g.today)
    form = GoalForm(request.form, data={"fiscal_year": year})
    form.fiscal_year.choices = [option(each, f"FY {each}") for each in range(year - 1, year + 3)]
    form.officer_id.choices = [option("", "everybody"), *(option(one.id, one.name) for one in officers(session))]
    form.pipeline_id.choices = [option("", "all"), *(option(one.id, one.name) for one in pipelines(session))]
    return form


def _aim(form: GoalForm) -> Aim:
    measure, text = typed(form.measure), typed(form.target).strip()
    if measure == "money":
        target = parse_money(text, g.currency, field="target")
    elif text.isascii() and text.isdigit() and len(text) < 10:
        target = int(text)
    else:
        raise Invalid("target", text, "is no whole number", "Write it like 120.")
    return Aim(form.fiscal_year.data, measure, target, id_of(form.officer_id.data), id_of(form.pipeline_id.data))
