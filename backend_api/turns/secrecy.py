"""What is need-to-know is shut off before anything else is done with it (ADR 14): a report on an
official is sealed, what may hold a state secret is set aside."""

from collections.abc import Sequence
from uuid import UUID

from backend_api.conversations.rules import Author, bot_may_speak
from backend_api.conversations.service import Speaker, Words, lock_conversation, promise_turn, say
from backend_api.core.clock import now
from backend_api.core.db import Sessions
from backend_api.handoff.secrecy import quarantine
from backend_api.handoff.service import seal_conversation
from backend_api.notifications.texts import citizen_text
from backend_api.turns.ending import Trace, end_turn
from backend_api.turns.rules import Outcome
from backend_api.turns.waiting import Heard, Waiting
from backend_api.understanding.officials import accuses_official
from backend_api.understanding.secrets import secrets_among


async def seal_if_accusing(sessions: Sessions, waiting: Waiting) -> bool:
    """Told of an official's corrupt deed, whatever the engine makes of it, or does not, and
    whoever has the conversation. True when it has become a report just now."""
    if not any(accuses_official(one.text) for one in waiting.heard):
        return False
    async with sessions.begin() as session:
        locked = await lock_conversation(session, waiting.conversation)
        is_new = not locked.sealed
        await seal_conversation(session, locked, at=now())
    return is_new


def to_set_aside(waiting: Waiting) -> tuple[UUID, ...]:
    """The messages that may hold a state secret."""
    return tuple(waiting.heard[at].id for at in secrets_among([one.text for one in waiting.heard]))


async def set_aside(
    sessions: Sessions, waiting: Waiting, messages: Sequence[UUID], trace: Trace
) -> Outcome:
    """Ask the citizen to stop and say which way is right. The rest is answered by a next turn."""
    async with sessions.begin() as session:
        locked = await lock_conversation(session, waiting.conversation)
        is_new = await quarantine(session, locked, messages, at=now())
        if is_new and bot_may_speak(locked.status):
            words = [Words(citizen_text("secret_stop"))]
            await say(session, locked, Speaker(Author.SYSTEM, waiting.id), words, at=now())
        if len(messages) == len(waiting.heard):
            await end_turn(session, locked, waiting, Outcome.QUARANTINED, trace)
        else:
            await promise_turn(session, locked.id)
    return Outcome.QUARANTINED


async def without_secrets(sessions: Sessions, waiting: Waiting) -> tuple[Heard, ...]:
    """The messages of a crisis that may be read; the others are set aside in silence."""
    messages = to_set_aside(waiting)
    if messages:
        async with sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            await quarantine(session, locked, messages, at=now())
    return tuple(one for one in waiting.heard if one.id not in messages)
