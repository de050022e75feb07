"""The form of what holds for all mail."""

from collections.abc import Sequence

from wtforms import EmailField, Form, IntegerField
from wtforms.validators import Length, NumberRange, Optional

from donors.mail.decide import ALL, CHANNELS, MOST_DAYS, Cap

NUMBER = [Optional(), NumberRange(1, MOST_DAYS, f"From 1 to {MOST_DAYS}.")]
LIMITS = {ALL: "All together", "email": "Mail", "phone": "Calls", "post": "Letters"}


class MailForm(Form):
    """Addresses of mail, and how often one constituent is contacted at most."""

    sender_address = EmailField("Mail comes from", [Optional(), Length(max=254)])
    reply_address = EmailField("Answers go to", [Optional(), Length(max=254)], description="Empty: to the sender.")
    bounce_address = EmailField(
        "Failures are reported to",
        [Optional(), Length(max=254)],
        description="What comes there is read by the command flask mail bounces. Empty: to the sender.",
    )
    all_most = IntegerField("All together", NUMBER)
    all_days = IntegerField("in", NUMBER)
    email_most = IntegerField("Mail", NUMBER)
    email_days = IntegerField("in", NUMBER)
    phone_most = IntegerField("Calls", NUMBER)
    phone_days = IntegerField("in", NUMBER)
    post_most = IntegerField("Letters", NUMBER)
    post_days = IntegerField("in", NUMBER)

    def show(self, caps: Sequence[Cap]) -> None:
        """Fills in the limits of now; of two for one channel the first."""
        for cap in reversed(caps):
            self[f"{cap.channel}_most"].data, self[f"{cap.channel}_days"].data = cap.most, cap.days

    def validate(self, *args: object, **more: object) -> bool:
        """A limit has both numbers, or none."""
        fine = bool(super().validate(*args, **more))  # type: ignore[arg-type]  # WTForms says so
        for channel in (ALL, *CHANNELS):
            most, days = self[f"{channel}_most"], self[f"{channel}_days"]
            if (most.data is None) != (days.data is None) and not most.errors and not days.errors:
                lacking = most if most.data is None else days
                lacking.errors = [*lacking.errors, "Give both numbers, or neither."]
                fine = False
        return fine

    def caps(self, known: Sequence[Cap]) -> tuple[str, ...]:
        """The limits as they are kept: those of the form, and further ones for a channel, which it does not show."""
        found = ((channel, self[f"{channel}_most"].data, self[f"{channel}_days"].data) for channel in (ALL, *CHANNELS))
        first = [Cap(channel, most, days) for channel, most, days in found if most and days]
        further = [cap for place, cap in enumerate(known) if cap.channel in {one.channel for one in known[:place]}]
        return tuple(dict.fromkeys(map(str, (*first, *further))))
