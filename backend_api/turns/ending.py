"""How a turn ends: facts, replies and the dialogue's state are written in one transaction.

The conversation's version is compared with the one the turn began with: a person who has taken
over meanwhile is never talked over.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.audit.service import SYSTEM, record
from backend_api.cases.service import latest_case, receipt_rows
from backend_api.conversations.dialogue import DialogueState
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import Author, bot_may_speak
from backend_api.conversations.service import Card, Speaker, Words, lock_conversation, say
from backend_api.core.clock import now
from backend_api.core.crypto import seal
from backend_api.drafts.rules import ANONYMOUS, How
from backend_api.drafts.service import (
    Finding,
    current_facts,
    open_draft,
    read_back_rows,
    start_draft,
    write_facts,
)
from backend_api.handoff.service import subject_of
from backend_api.notifications.texts import citizen_text
from backend_api.turns.engine import EngineAnswer
from backend_api.turns.finders import Said
from backend_api.turns.merging import (
    FACT_FIELDS,
    PIECES,
    STORY,
    accepted,
    is_typing_on,
    merge,
    reopened,
    replaces,
    stays_anonymous,
    with_more_story,
)
from backend_api.turns.models import Turn
from backend_api.turns.proposals import Proposal, Question, propose
from backend_api.turns.rules import Outcome, next_misunderstood
from backend_api.turns.waiting import Waiting

_STORE_TURN = insert(Turn)
_STORE_ANALYSIS = (
    update(Message)
    .where(Message.id == bindparam("message"))
    .values(analysis_sealed=bindparam("sealed"))
)


class OutdatedError(Exception):
    """The conversation moved on while the engine thought, and the bot may still speak."""


@dataclass(slots=True)
class Trace:
    """Milliseconds of each stage and what the engine did, for the turn's row."""

    attempts: int = 0
    values: dict[str, str | float | list[str]] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def stage(self, name: str) -> None:
        at = time.perf_counter()
        self.values[name] = round((at - self._since) * 1000, 1)
        self._since = at


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went to the engine, and what came back."""

    said: Sequence[Said]
    proposals: Sequence[Proposal]
    # the slots that were sent as settled
    sent: frozenset[str]
    answer: EngineAnswer


async def finish(
    session: AsyncSession, waiting: Waiting, exchange: Exchange, trace: Trace
) -> Outcome:
    """Write what the engine decided, unless somebody took over meanwhile."""
    conversation = await lock_conversation(session, waiting.conversation)
    outdated = conversation.version != waiting.version
    if outdated and bot_may_speak(conversation.status):
        raise OutdatedError
    await store_analyses(session, exchange.said)
    await keep(session, waiting, _findings(waiting, exchange))
    words = await _words(session, waiting, exchange.answer)
    if outdated:
        # Only what reports a stored effect is still said: the receipt of a filed case.
        words = [one for one in words if one.card is not None and one.card["kind"] == "receipt"]
    trace.stage("write_ms")
    last_seq = conversation.last_seq + len(words)
    conversation.state = _next_state(waiting, exchange, last_seq).stored()
    outcome = Outcome.SUPERSEDED if outdated else Outcome.ANSWERED
    await end_turn(session, conversation, waiting, outcome, trace)
    author = Author.SYSTEM if outdated else Author.BOT
    await say(session, conversation, Speaker(author, waiting.id), words, at=now())
    return outcome


async def end_turn(
    session: AsyncSession,
    conversation: Conversation,
    waiting: Waiting,
    outcome: Outcome,
    trace: Trace,
) -> None:
    """What waited is answered: the conversation (locked) moves on, and the turn leaves its row."""
    conversation.answered_seq = waiting.last_seq
    conversation.turn_count = waiting.number
    conversation.version += 1
    row = {
        "id": waiting.id,
        "organisation_id": conversation.organisation_id,
        "conversation_id": conversation.id,
        "number": waiting.number,
        "first_seq": waiting.heard[0].seq,
        "last_seq": waiting.last_seq,
        "outcome": outcome,
        "attempts": trace.attempts,
        "trace": trace.values,
    }
    await (await session.connection()).execute(_STORE_TURN, [row])
    if outcome is Outcome.GIVEN_UP:
        record(session, SYSTEM, "turn.given_up", subject_of(conversation))


async def store_analyses(session: AsyncSession, said: Sequence[Said]) -> None:
    analyses = [json.dumps(one.analysis.to_json(), ensure_ascii=False) for one in said]
    rows = [
        {"message": one.id, "sealed": seal(session, analysis)}
        for one, analysis in zip(said, analyses, strict=True)
    ]
    await (await session.connection()).execute(_STORE_ANALYSIS, rows)


async def keep(session: AsyncSession, waiting: Waiting, findings: dict[str, Finding]) -> None:
    """Into the open draft; a new one where there is none."""
    if not findings:
        return
    draft = await open_draft(session, waiting.conversation)
    if draft is None:
        draft = await start_draft(session, waiting.conversation)
        if waiting.place:
            findings.setdefault("where", Finding(waiting.place, waiting.place, How.SITE))
    await write_facts(session, draft, findings, at=now())


def told(waiting: Waiting, said: Sequence[Said]) -> dict[str, Finding]:
    """What a message in a crisis says by the way: it must not be asked for again."""
    proposals = propose(said, Question())
    taken = {one.entity: one for one in proposals if one.entity in FACT_FIELDS}
    taken = with_more_story(taken, proposals, goes_on=True)
    findings = {
        name: Finding(one.value, one.masked, one.how, one.message, one.seq)
        for name, one in taken.items()
        if name not in waiting.facts
    }
    return findings | (_classified(said, waiting) if "what" in findings else {})


def _findings(waiting: Waiting, exchange: Exchange) -> dict[str, Finding]:
    """What the engine accepted, merged with what the draft has."""
    findings = _merged(waiting, exchange)
    slots, last = exchange.answer.state.slots, exchange.said[-1]
    if stays_anonymous(slots, waiting.settled()):
        findings["contact"] = Finding(ANONYMOUS, ANONYMOUS, How.ANSWERED, last.id, last.seq)
    if "what" in findings:
        findings |= _classified(exchange.said, waiting)
    return findings


def _merged(waiting: Waiting, exchange: Exchange) -> dict[str, Finding]:
    findings = {}
    state, question = exchange.answer.state, waiting.question
    intent = state.intent.name
    goes_on = intent == STORY or (intent in PIECES and is_typing_on(exchange.said, question))
    taken = accepted(state.slots, exchange.proposals)
    taken = with_more_story(taken, exchange.proposals, goes_on=goes_on)
    for name, one in taken.items():
        replacing = replaces(name, intent, question.field)
        if (found := merge(waiting.facts.get(name), one, replacing=replacing)) is not None:
            findings[name] = Finding(found.value, found.masked, one.how, one.message, one.seq)
    return findings


def _classified(said: Sequence[Said], waiting: Waiting) -> dict[str, Finding]:
    """Type and matter as understanding guesses them; a clerk may correct them later.

    A piece that is shorter than what was told before says less about the matter than that did.
    """
    longest = max(said, key=lambda one: len(one.text))
    before = waiting.facts.get("what")
    if before is not None and len(longest.text) <= len(before.value):
        return {}
    analysis = longest.analysis
    matter = analysis.matters[0].name if analysis.matters else None
    guesses = {"type": analysis.case_type, "matter": matter}
    return {
        name: Finding(value, value, How.GUESSED, longest.id, longest.seq)
        for name, value in guesses.items()
        if value
    }


def _next_state(waiting: Waiting, exchange: Exchange, last_seq: int) -> DialogueState:
    state, question = exchange.answer.state, waiting.question
    responses = (message.response for message in exchange.answer.messages)
    lost = next_misunderstood(waiting.state.misunderstood, state.intent.name or "", responses)
    return replace(
        DialogueState(noticed=True),
        asking=state.asking,
        # A question put again is still the one that earlier messages may answer.
        asked_seq=question.seq if state.asking == question.field else last_seq,
        form=state.form,
        misunderstood=lost,
        reopened=" ".join(reopened(exchange.sent, state.slots, state.form)),
    )


async def _words(session: AsyncSession, waiting: Waiting, answer: EngineAnswer) -> list[Words]:
    words = [] if waiting.state.noticed else [Words(citizen_text("notice"))]
    for message in answer.messages:
        card = await _card(session, waiting, message.card)
        words.append(Words(message.text, tuple(message.choices), card))
    return words


async def _card(session: AsyncSession, waiting: Waiting, kind: str | None) -> Card | None:
    if kind == "read_back":
        draft = await open_draft(session, waiting.conversation)
        facts = await current_facts(session, draft.id) if draft is not None else {}
        return Card(kind=kind, rows=read_back_rows(session, facts))
    if kind == "receipt":
        case = await latest_case(session, waiting.conversation)
        return Card(kind=kind, rows=receipt_rows(session, case)) if case else None
    return None
