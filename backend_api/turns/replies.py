"""What a turn says: the engine's texts with the cards that only the backend can fill in."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.cases.lookup import case_by_code
from backend_api.cases.models import Case
from backend_api.cases.service import (
    case_of_conversation,
    latest_case,
    receipt_rows,
    status_rows,
)
from backend_api.conversations.models import Conversation
from backend_api.conversations.service import Card, Words
from backend_api.core.clock import now
from backend_api.drafts.labels import offer
from backend_api.drafts.rules import CODES, optional_fields
from backend_api.drafts.service import current_facts, open_draft, read_back_rows, values_of
from backend_api.notifications.texts import (
    citizen_text,
    has_citizen_text,
    spoken_text,
    to_child,
)
from backend_api.organisation.models import Unit
from backend_api.turns.advice import made_needless, said_first
from backend_api.turns.engine import EngineAnswer, EngineMessage
from backend_api.turns.proposals import Proposal
from backend_api.turns.rules import MAX_WRONG_CODES
from backend_api.turns.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Lookup:
    """The case whose status is shown: of number and query code where they were said (`asked`)."""

    asked: bool = False
    case: Case | None = None
    too_many: bool = False


async def look_up(
    session: AsyncSession,
    conversation: Conversation,
    waiting: Waiting,
    proposals: tuple[Proposal, ...],
    answer: EngineAnswer,
) -> Lookup:
    """The case of the number and code that the engine took, after too many wrong ones of none;
    without them the one that is known here, if its status is to be shown."""
    wanted = answer.state.slots.get("lookup")
    found = next((one for one in proposals if one.id == wanted), None)
    if found is None:
        is_shown = any(message.card == "status" for message in answer.messages)
        return Lookup(case=await case_of_conversation(session, conversation) if is_shown else None)
    if waiting.state.wrong_codes >= MAX_WRONG_CODES:
        return Lookup(asked=True, too_many=True)
    number, code = found.value.split(" ")
    looked = await case_by_code(session, conversation, number=number, code=code, at=now())
    return Lookup(True, looked.case, looked.too_many)


async def words_of_answer(
    session: AsyncSession, waiting: Waiting, answer: EngineAnswer, lookup: Lookup
) -> list[Words]:
    """The notice before the first answer, but not on the way out of a danger; a word of welcome
    after a long silence; what is to be said of violence; then the engine's words."""
    state, first = waiting.state, first_words(waiting)
    words = [] if state.noticed or state.crisis else [await _notice(session, waiting)]
    if waiting.was_away:
        words.append(Words(spoken_text("welcome_back", child=state.child)))
    words += [Words(spoken_text(key, child=state.child)) for key in first]
    needless = made_needless(first)
    told = [one for one in answer.messages if one.response not in needless]
    return words + [await _words(session, waiting, one, lookup) for one in told]


def first_words(waiting: Waiting) -> tuple[str, ...]:
    """The keys of what is said before the engine's words."""
    return said_first(waiting.state, [one.text for one in waiting.heard])


async def _notice(session: AsyncSession, waiting: Waiting) -> Words:
    """Who uses what the citizen says: the unit by its name."""
    unit = await session.scalar(
        select(Unit.name)
        .join(Conversation, Conversation.unit_path == Unit.path)
        .where(Conversation.id == waiting.conversation)
    )
    return Words(spoken_text("notice", child=waiting.state.child, unit=unit or ""))


async def _words(
    session: AsyncSession, waiting: Waiting, message: EngineMessage, lookup: Lookup
) -> Words:
    text = _to_child(message) if waiting.state.child else message.text
    words = Words(text, tuple(message.choices))
    match message.card:
        case "read_back":
            return await _read_back(session, waiting, words)
        case "receipt":
            return await _receipt(session, waiting, words)
        case "status":
            return await _status(session, lookup, words)
        case "change":
            return await _items(session, waiting, words)
    return words


def _to_child(message: EngineMessage) -> str:
    own = f"child_{message.response}"
    return to_child(citizen_text(own) if has_citizen_text(own) else message.text)


async def _receipt(session: AsyncSession, waiting: Waiting, words: Words) -> Words:
    """Of a report on an official, who reads it: not whoever is responsible for the matter."""
    case = await latest_case(session, waiting.conversation)
    if case is None:
        return words
    text = citizen_text("filed_sealed") if case.sealed else words.text
    return replace(words, text=text, card=Card(kind="receipt", rows=receipt_rows(session, case)))


async def _read_back(session: AsyncSession, waiting: Waiting, words: Words) -> Words:
    """What is known; and once, what else would help."""
    draft = await open_draft(session, waiting.conversation)
    facts = await current_facts(session, draft.id) if draft is not None else {}
    values = values_of(session, facts)
    more = () if waiting.state.offered else optional_fields(values, values.get("type"))
    if more:
        items = "、".join(map(offer, more))
        words = replace(words, text=words.text + citizen_text("offer_more", items=items))
    return replace(words, card=Card(kind="read_back", rows=read_back_rows(session, facts)))


async def _items(session: AsyncSession, waiting: Waiting, words: Words) -> Words:
    """To choose from: every item that was read back, and what the words offer beside."""
    draft = await open_draft(session, waiting.conversation)
    facts = await current_facts(session, draft.id) if draft is not None else {}
    rows = read_back_rows(session, facts)
    items = tuple(row["label"] for row in rows if row["field"] not in CODES)
    return replace(words, choices=(*items, *words.choices))


async def _status(session: AsyncSession, lookup: Lookup, words: Words) -> Words:
    if lookup.case is None:
        key = "status_too_many" if lookup.too_many else "status_not_found"
        return Words(citizen_text(key))
    rows = await status_rows(session, lookup.case)
    return replace(words, card=Card(kind="status", rows=rows))
