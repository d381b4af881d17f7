"""Who may do what. Pure."""

from enum import StrEnum

MIN_PASSWORD = 10


class Role(StrEnum):
    """`client`: a program that brings citizens' messages. The others are people."""

    CLIENT = "client"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


STAFF_ROLES = frozenset({Role.STAFF, Role.ADMINISTRATOR})


def is_strong(password: str, username: str) -> bool:
    """NIST SP 800-63B: length counts, and not the name itself; no composition rules."""
    return len(password) >= MIN_PASSWORD and username.lower() not in password.lower()
