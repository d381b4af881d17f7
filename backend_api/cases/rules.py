"""Numbers and states of a filed case. Pure."""

from datetime import date
from enum import StrEnum

from stdnum.iso7064 import mod_11_10

QUERY_CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
QUERY_CODE_LENGTH = 8


class CaseStatus(StrEnum):
    """Filed = registered (登记). Acceptance (受理) is an officer's decision, recorded later."""

    REGISTERED = "registered"
    # Taken back by the citizen, and by nobody else.
    WITHDRAWN = "withdrawn"


class UnmaskReason(StrEnum):
    """A choice, not free text: the audit log holds no personal data."""

    CONTACT = "contact"
    VERIFY = "verify"
    EMERGENCY = "emergency"
    LEGAL_DUTY = "legal_duty"


def registration_number(day: date, sequence: int) -> str:
    """Date, running number and a check digit (ISO 7064 mod 11,10): a misheard digit is noticed."""
    digits = f"{day:%y%m%d}{sequence % 1_000_000:06d}"
    return digits + str(mod_11_10.calc_check_digit(digits))


def may_become(status: CaseStatus, wanted: CaseStatus) -> bool:
    return (status, wanted) == (CaseStatus.REGISTERED, CaseStatus.WITHDRAWN)


def is_query_code(text: str) -> bool:
    return len(text) == QUERY_CODE_LENGTH and set(text) <= set(QUERY_CODE_ALPHABET)


def is_registration_number(text: str) -> bool:
    return len(text) == 13 and text.isdigit() and bool(mod_11_10.is_valid(text))
