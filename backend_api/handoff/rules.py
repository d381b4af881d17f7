"""Why a person is needed and how urgently. Pure."""

from enum import StrEnum


class Reason(StrEnum):
    ASKED = "asked"
    CRISIS = "crisis"
    FAILURE = "failure"


def more_urgent(first: int, second: int) -> int:
    """A second reason never lowers the risk that the first one stated (0 none … 3 highest)."""
    return max(first, second)
