"""Why a person is needed and how urgently. Pure."""

from enum import StrEnum


class NoReport(StrEnum):
    """Why what was sealed is no report on an official after all."""

    NO_OFFICIAL = "no_official"
    # of an official, and nothing that discipline deals with: slow, rude, a decision disliked
    NO_MISCONDUCT = "no_misconduct"


class Reason(StrEnum):
    ASKED = "asked"
    CRISIS = "crisis"
    FAILURE = "failure"
    # Something may be a state secret: for those who keep secrets, in a queue of their own.
    SECRECY = "secrecy"


# From this risk on life comes before need-to-know (0 none … 3 highest).
DANGER = 2


def more_urgent(first: int, second: int) -> int:
    """A second reason never lowers the risk that the first one stated (0 none … 3 highest)."""
    return max(first, second)
