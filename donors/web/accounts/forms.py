"""Forms at the door."""

from wtforms import EmailField, Form, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional

from donors.accounts.passwords import LONGEST, SHORTEST

LONGEST_CODE = 40
NEW_PASSWORD = f"At least {SHORTEST} characters; four words that nobody expects together do well."


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField("E-mail", [InputRequired("Enter your e-mail address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=LONGEST)])


class CodeForm(Form):
    """A code of the second factor."""

    code = StringField("Code", [InputRequired("Enter the code."), Length(max=LONGEST_CODE)])


class ForgotForm(Form):
    """Whose password is to be set anew."""

    email = EmailField("E-mail", [InputRequired("Enter your e-mail address."), Length(max=254)])


class PasswordForm(Form):
    """A new password for the holder of a one-time link."""

    password = PasswordField("New password", [InputRequired("Choose a password.")], description=NEW_PASSWORD)


class ChangePasswordForm(Form):
    """The password of now and the new one."""

    current = PasswordField("Password of now", [InputRequired("Enter your password."), Length(max=LONGEST)])
    password = PasswordField("New password", [InputRequired("Choose a password.")], description=NEW_PASSWORD)


class ConfirmForm(Form):
    """The password again, and a code where there is a second factor."""

    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=LONGEST)])
    code = StringField("Code", [Optional(), Length(max=LONGEST_CODE)])
