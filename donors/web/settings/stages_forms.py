"""Forms of pipelines and stages."""

from wtforms import Form, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from donors.web.forms import option

NAME = [InputRequired("Give it a name."), Length(max=100)]
MOST_DAYS = 3650


class PipelineForm(Form):
    """A new pipeline."""

    name = StringField("Name", NAME)


class StageForm(Form):
    """A stage: its name, its place, how long prospects should stand in it, and the plan that entering it starts."""

    name = StringField("Name", NAME)
    position = IntegerField("Place", [InputRequired("Say which place it has."), NumberRange(1, 99, "From 1 to 99.")])
    expected_days = IntegerField(
        "Expected days",
        [Optional(), NumberRange(1, MOST_DAYS, f"From 1 to {MOST_DAYS}; empty for no limit.")],
        description="Longer than this is shown as late. Empty: no limit.",
    )
    plan = SelectField("Plan on entry")
    version = HiddenField()

    def offer(self, plans: list[tuple[int, str]]) -> None:
        """Fills the choice of plans."""
        self.plan.choices = [option("", "none"), *(option(number, name) for number, name in plans)]
