"""Who may do what. Pure."""

from enum import StrEnum

MIN_PASSWORD = 10


class Role(StrEnum):
    """`client`: a program that brings citizens' messages. The others are people."""

    CLIENT = "client"
    STAFF = "staff"
    # Reads what was reported on officials and nothing else; nobody else does.
    DISCIPLINE = "discipline"
    # Reads what may hold a state secret and nothing else; nobody else does.
    SECRECY = "secrecy"
    ADMINISTRATOR = "administrator"


STAFF_ROLES = frozenset({Role.STAFF, Role.DISCIPLINE, Role.SECRECY, Role.ADMINISTRATOR})


def is_strong(password: str, username: str) -> bool:
    """NIST SP 800-63B: length counts, and not the name itself; no composition rules."""
    return len(password) >= MIN_PASSWORD and username.lower() not in password.lower()
