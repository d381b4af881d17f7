"""Who answers a conversation, and how fast a citizen may write. Pure."""

from enum import StrEnum

# Text: the longest petition letter seen in public data has about 9,000 characters.
MAX_CHARACTERS = 10_000
# What the column of a seq can hold.
MAX_SEQ = 2**31 - 1
FLOOD_SECONDS = 10
FLOOD_MESSAGES = 20


class Status(StrEnum):
    """bot: the bot answers. waiting: it still does, and a person has been asked for."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"


class Author(StrEnum):
    CITIZEN = "citizen"
    BOT = "bot"
    HUMAN = "human"
    SYSTEM = "system"


NEXT: dict[Status, frozenset[Status]] = {
    Status.BOT: frozenset({Status.WAITING, Status.HUMAN}),
    Status.WAITING: frozenset({Status.HUMAN, Status.BOT}),
    Status.HUMAN: frozenset({Status.BOT}),
}


def may_become(current: Status, wanted: Status) -> bool:
    return wanted in NEXT[current]


def bot_may_speak(status: Status) -> bool:
    return status in {Status.BOT, Status.WAITING}


def is_flood(recent_messages: int) -> bool:
    """More than a person types: `recent_messages` within the last FLOOD_SECONDS."""
    return recent_messages >= FLOOD_MESSAGES
