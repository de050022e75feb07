"""The users that act in tests. Each embodies one role; Sam is an officer whose prospects are not Olive's."""

from dataclasses import dataclass

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """A user of the test cast. `role` is the name of one of the roles of donors/accounts."""

    email: str
    name: str
    role: str


ADA = Person("ada@example.org", "Ada Administrator", "administrator")
DORA = Person("dora@example.org", "Dora Director", "director")
OLIVE = Person("olive@example.org", "Olive Officer", "officer")
SAM = Person("sam@example.org", "Sam Stranger", "officer")
GINA = Person("gina@example.org", "Gina Entry", "gift entry")
VERA = Person("vera@example.org", "Vera Volunteers", "volunteer coordinator")
REX = Person("rex@example.org", "Rex Reader", "reader")

CAST = (ADA, DORA, OLIVE, SAM, GINA, VERA, REX)
