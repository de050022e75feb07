"""Forms of pipelines and stages."""

from wtforms import Form, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from donors.pipeline.evidence.required import REQUIRED
from donors.pipeline.models import KINDS
from donors.pipeline.standard import TEMPLATES
from donors.web.forms import option

NAME = [InputRequired("Give it a name."), Length(max=100)]
MOST_DAYS = 3650
BLANK = "blank"
PLACE = [InputRequired("Say which place it has."), NumberRange(1, 99, "From 1 to 99.")]


class PipelineForm(Form):
    """A new pipeline: from a template, or with stages of one's own."""

    template = SelectField(
        "Begin with",
        choices=[
            *(option(key, f"{one.name}: {one.about}") for key, one in TEMPLATES.items()),
            option(BLANK, "No stages"),
        ],
        default=BLANK,
    )
    name = StringField("Name", [Optional(), Length(max=100)], description="Empty: the name of the template.")


class RenameForm(Form):
    """The name of a pipeline, and its place among the others."""

    name = StringField("Name", NAME)
    position = IntegerField("Place", PLACE)
    version = HiddenField()


class StageForm(Form):
    """A stage: its name, its place, how long prospects should stand in it, what it requires, the plan on entry."""

    name = StringField("Name", NAME)
    kind = SelectField(
        "Which of the five it is",
        choices=[option(kind, kind.capitalize()) for kind in KINDS],
        description="So that reports can speak of all pipelines together.",
    )
    position = IntegerField("Place", PLACE)
    expected_days = IntegerField(
        "Expected days",
        [Optional(), NumberRange(1, MOST_DAYS, f"From 1 to {MOST_DAYS}; empty for no limit.")],
        description="Longer than this is shown as late. Empty: no limit.",
    )
    plan = SelectField("Plan on entry")
    required = SelectMultipleField(
        "Must be filled in before somebody enters", choices=[option(key, one.label) for key, one in REQUIRED.items()]
    )
    version = HiddenField()

    def offer(self, plans: list[tuple[int, str]]) -> None:
        """Fills the choice of plans."""
        self.plan.choices = [option("", "none"), *(option(number, name) for number, name in plans)]
