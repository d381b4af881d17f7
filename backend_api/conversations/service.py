"""Storing what was said, once and in order. Callers own the transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.conversations.models import Conversation, Message, OutboxEntry
from backend_api.conversations.rules import (
    FLOOD_SECONDS,
    MAX_CHARACTERS,
    Author,
    Status,
    bot_may_speak,
    is_flood,
    may_become,
)
from backend_api.core.crypto import seal, unseal
from backend_api.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooLongError,
    TooManyError,
)
from backend_api.core.ids import new_id
from backend_api.core.jobs import enqueue
from backend_api.core.live import announce
from backend_api.core.text import scrub
from backend_api.notifications.texts import citizen_text
from backend_api.organisation.rules import root_of

TURN_JOB = "turns.run"
PAGE = 200
# How far back a flood is looked for: enough for both directions of FLOOD_MESSAGES.
RECENT = 100

# The statements of every message, built once.
_BY_KEY = select(Conversation).where(
    Conversation.client_id == bindparam("client"), Conversation.key == bindparam("key")
)
_BY_KEY_LOCKED = _BY_KEY.with_for_update()
_ID_BY_KEY = _BY_KEY.with_only_columns(Conversation.id)
_BY_ID_LOCKED = (
    select(Conversation)
    .where(Conversation.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_AFTER = (
    select(Message)
    .where(
        Message.conversation_id == bindparam("conversation"),
        Message.seq > bindparam("after"),
        Message.author.in_(bindparam("authors", expanding=True)),
    )
    .order_by(Message.seq)
    .limit(bindparam("at_most"))
)
_KNOWN_AND_RECENT = select(
    select(Message.seq)
    .where(
        Message.conversation_id == bindparam("conversation"),
        Message.vendor_id == bindparam("vendor"),
    )
    .scalar_subquery(),
    select(func.count())
    .where(
        Message.conversation_id == bindparam("conversation"),
        Message.seq > bindparam("after"),
        Message.author == Author.CITIZEN,
        Message.created_at > bindparam("since"),
    )
    .scalar_subquery(),
)
# Written without the unit of work, which doubles what storing a message costs.
_STORE = insert(Message)
_PUT_IN_OUTBOX = insert(OutboxEntry)
_MARK_DELIVERED = (
    update(OutboxEntry)
    .where(
        OutboxEntry.conversation_id == bindparam("conversation"),
        OutboxEntry.seq <= bindparam("up_to"),
        OutboxEntry.delivered_at.is_(None),
    )
    .values(delivered_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something: the bot in a turn, a person with an account, or the system."""

    author: Author
    turn: UUID | None = None
    account: UUID | None = None


class CardRow(TypedDict):
    """`masked` is what staff see in place of `value`; it does not travel to the citizen."""

    field: str
    label: str
    value: str
    masked: str


class Card(TypedDict):
    """`kind`: read_back, receipt or status."""

    kind: str
    rows: list[CardRow]


class FileShown(TypedDict):
    """A file that came with a message: its id, and its media type."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Words:
    """Something to say: the text, choices to tap, and a card with rows of field, label, value.

    `file`: what a citizen sent; the text stands in its place.
    """

    text: str
    choices: tuple[str, ...] = ()
    card: Card | None = None
    file: FileShown | None = None

    def in_full(self) -> str:
        """With the card's rows as lines, for channels that show no cards."""
        if self.card is None:
            return self.text
        rows = (f"{row['label']}：{row['value']}" for row in self.card["rows"])
        return "\n".join([self.text, *rows])


async def conversation_of_client(
    session: AsyncSession,
    *,
    client: UUID,
    key: str,
    unit_path: str,
    site: UUID | None,
) -> Conversation:
    """By the client's own name for it, locked; a new one the first time."""
    theirs = {"client": client, "key": key}
    if (found := await session.scalar(_BY_KEY_LOCKED, theirs)) is not None:
        return found
    await session.execute(
        insert(Conversation)
        .values(
            id=new_id(),
            organisation_id=root_of(unit_path),
            unit_path=unit_path,
            channel="http",
            client_id=client,
            key=key,
            site_id=site,
        )
        .on_conflict_do_nothing()
    )
    return (await session.scalars(_BY_KEY_LOCKED, theirs)).one()


async def is_known(session: AsyncSession, *, client: UUID, key: str) -> bool:
    """Whether the client has had a conversation of this name."""
    return await session.scalar(_ID_BY_KEY, {"client": client, "key": key}) is not None


async def conversation_id_of_client(session: AsyncSession, *, client: UUID, key: str) -> UUID:
    found = await session.scalar(_ID_BY_KEY, {"client": client, "key": key})
    if found is None:
        raise NotFoundError("unknown_conversation")
    return found


async def lock_conversation(session: AsyncSession, conversation: UUID) -> Conversation:
    found = await session.scalar(_BY_ID_LOCKED, {"id": conversation})
    if found is None:
        raise NotFoundError("unknown_conversation")
    return found


def acceptable(text: str) -> str:
    """The text as it may be stored, or the kind words why not."""
    clean = scrub(text)
    if not clean:
        raise InvalidError("empty")
    if len(clean) > MAX_CHARACTERS:
        raise TooLongError("too_long")
    return clean


async def receive(
    session: AsyncSession,
    conversation: Conversation,
    *,
    message_id: str,
    text: str,
    at: datetime,
    file: FileShown | None = None,
) -> int:
    """Store a citizen's message once and promise its turn. `conversation` is locked by the caller.

    Returns its seq; a repeated `message_id` returns the first one's.
    """
    known, recent = await _looked_up(session, conversation, message_id, at)
    if known is not None:
        return known
    if is_flood(recent):
        raise TooManyError("flood")
    row = _next_row(session, conversation, Speaker(Author.CITIZEN), Words(text, file=file), at)
    await (await session.connection()).execute(_STORE, [{**row, "vendor_id": message_id}])
    await promise_turn(session, conversation.id)
    if not bot_may_speak(conversation.status):
        await announce(session, conversation.id)
    return conversation.last_seq


async def promise_turn(session: AsyncSession, conversation: UUID) -> None:
    """One turn of a conversation at a time, in order, on any number of machines."""
    key = str(conversation)
    await enqueue(session, TURN_JOB, lock=key, conversation=key)


async def seq_of(session: AsyncSession, conversation: UUID, message_id: str) -> int | None:
    """The seq under which a message with the sender's own id was stored before, if it was."""
    return await session.scalar(
        select(Message.seq).where(
            Message.conversation_id == conversation, Message.vendor_id == message_id
        )
    )


async def say(
    session: AsyncSession,
    conversation: Conversation,
    speaker: Speaker,
    words: Sequence[Words],
    *,
    at: datetime,
    vendor_id: str | None = None,
) -> None:
    """Append replies in order. `conversation` is locked by the caller.

    `vendor_id`: the sender's own id, for a single message that may be sent twice.
    """
    if not words:
        return
    rows = [_next_row(session, conversation, speaker, one, at) for one in words]
    connection = await session.connection()
    await connection.execute(_STORE, [{**row, "vendor_id": vendor_id} for row in rows])
    await connection.execute(_PUT_IN_OUTBOX, [_on_its_way(conversation, row) for row in rows])
    await announce(session, conversation.id)


async def mark_delivered(
    session: AsyncSession, conversation: UUID, up_to: int, *, at: datetime
) -> None:
    """The citizen's side has every reply up to this seq."""
    connection = await session.connection()
    await connection.execute(
        _MARK_DELIVERED, {"conversation": conversation, "up_to": up_to, "at": at}
    )


async def messages_after(
    session: AsyncSession,
    conversation: UUID,
    after: int,
    *,
    authors: frozenset[Author] = frozenset(Author),
    limit: int = PAGE,
) -> Sequence[Message]:
    wanted = {"conversation": conversation, "after": after, "authors": list(authors)}
    return (await session.scalars(_AFTER, {**wanted, "at_most": limit})).all()


def move_conversation(conversation: Conversation, wanted: Status) -> None:
    """The one place where it changes who answers. A turn that began before will not speak."""
    if conversation.status is wanted:
        return
    if not may_become(conversation.status, wanted):
        raise ConflictError("wrong_status", status=conversation.status, wanted=wanted)
    conversation.status = wanted
    conversation.version += 1


def words_of(session: AsyncSession, message: Message) -> Words:
    """What a stored message says, readable again; of what was set aside, only that it was."""
    if message.quarantined:
        return Words(citizen_text("quarantined"))
    text = unseal(session, message.body_sealed)
    if message.extras_sealed is None:
        return Words(text)
    extras = json.loads(unseal(session, message.extras_sealed))
    choices = tuple(extras.get("choices", ()))
    return Words(text, choices, extras.get("card"), extras.get("file"))


def _on_its_way(conversation: Conversation, message: Mapping[str, object]) -> dict[str, object]:
    return {
        "organisation_id": conversation.organisation_id,
        "conversation_id": conversation.id,
        "message_id": message["id"],
        "seq": message["seq"],
        "channel": conversation.channel,
    }


def _next_row(
    session: AsyncSession,
    conversation: Conversation,
    speaker: Speaker,
    words: Words,
    at: datetime,
) -> dict[str, object]:
    """The row of the conversation's next message, under its next seq."""
    conversation.last_seq += 1
    extras = {"choices": words.choices, "card": words.card, "file": words.file}
    sealed = seal(session, json.dumps(extras, ensure_ascii=False)) if any(extras.values()) else None
    return {
        "id": new_id(),
        "organisation_id": conversation.organisation_id,
        "conversation_id": conversation.id,
        "seq": conversation.last_seq,
        "author": speaker.author,
        "turn_id": speaker.turn,
        "account_id": speaker.account,
        "created_at": at,
        "body_sealed": seal(session, words.text),
        "extras_sealed": sealed,
    }


async def _looked_up(
    session: AsyncSession, conversation: Conversation, message_id: str, at: datetime
) -> tuple[int | None, int]:
    """The seq the message already has, if it came before; and how many came just now."""
    row = await session.execute(
        _KNOWN_AND_RECENT,
        {
            "conversation": conversation.id,
            "vendor": message_id,
            "after": conversation.last_seq - RECENT,
            "since": at - timedelta(seconds=FLOOD_SECONDS),
        },
    )
    seq, count = row.one()
    return seq, count
