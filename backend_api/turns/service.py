"""One turn: take what waits, understand it, let the engine decide, write the answer.

No transaction is open while the engine thinks. The end of the turn compares the conversation's
version with the one the turn began with: a person who has taken over is never talked over.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import anyio
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.audit.service import SYSTEM, Subject, record
from backend_api.cases.service import latest_case, receipt_rows
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import Author, Status, bot_may_speak
from backend_api.conversations.service import (
    Card,
    Speaker,
    Words,
    lock_conversation,
    messages_after,
    promise_turn,
    say,
)
from backend_api.core.clock import CHINA, now
from backend_api.core.crypto import seal, unseal
from backend_api.core.db import Sessions
from backend_api.core.ids import new_id
from backend_api.core.jobs import enqueue
from backend_api.drafts.models import Fact
from backend_api.drafts.rules import ANONYMOUS, DraftStatus, How, settled_slots
from backend_api.drafts.service import (
    Finding,
    current_facts,
    latest_draft_with_facts,
    masked_values_of,
    open_draft,
    read_back_rows,
    start_draft,
    values_of,
    write_facts,
)
from backend_api.handoff.rules import Reason
from backend_api.handoff.service import request_person
from backend_api.notifications.texts import citizen_text, has_citizen_text
from backend_api.organisation.models import Site
from backend_api.turns.engine import Engine, EngineAnswer, EngineDownError, EngineTurn
from backend_api.turns.models import Turn
from backend_api.turns.rules import (
    CRISIS_LEVEL,
    FACT_FIELDS,
    LOST_AFTER,
    PIECES,
    STORY,
    Known,
    Outcome,
    Proposal,
    Question,
    Said,
    accepted,
    entities,
    is_out_of_danger,
    is_typing_on,
    joined_masked,
    merge,
    next_misunderstood,
    propose,
    reopened,
    replaces,
    restated,
    shortened,
    stays_anonymous,
    with_more_story,
)
from backend_api.understanding.alarm import judge_crisis
from backend_api.understanding.analysis import Analysis, Crisis

MAX_MESSAGES = 100
# After giving up on an engine that is down: when to look again.
# Texts crisis_stay_1 … in notifications/templates/citizen.yml.
CRISIS_STAYS = 3
TRY_AGAIN = timedelta(minutes=1)
AGAIN_JOB = "turns.again"
_STORE_ANALYSIS = (
    update(Message)
    .where(Message.id == bindparam("message"))
    .values(analysis_sealed=bindparam("sealed"))
)
_WITH_PLACE = (
    select(Conversation, Site.place)
    .outerjoin(Site, Site.id == Conversation.site_id)
    .where(Conversation.id == bindparam("id"))
)


class OutdatedError(Exception):
    """The conversation moved on while the engine thought, and the bot may still speak."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A citizen's message as it was stored."""

    id: UUID
    seq: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a turn begins with; read in one short transaction."""

    id: UUID
    conversation: UUID
    version: int
    status: Status
    number: int
    state: dict[str, str | int | bool | None]
    place: str
    facts: dict[str, Known]
    filed: bool
    # the citizen's last words of the turn before, and what waits now
    before: str
    heard: tuple[Heard, ...]

    @property
    def last_seq(self) -> int:
        return self.heard[-1].seq


@dataclass(slots=True)
class Trace:
    """Milliseconds of each stage and what the engine did, for the turn's row."""

    values: dict[str, str | float | list[str]] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def stage(self, name: str) -> None:
        at = time.perf_counter()
        self.values[name] = round((at - self._since) * 1000, 1)
        self._since = at


@dataclass(frozen=True, slots=True)
class Turns:
    """What runs turns: made once by the worker's root."""

    sessions: Sessions
    reading: Sessions
    engine: Engine
    read: Callable[[str, datetime, str], Analysis]

    async def run(self, conversation: UUID, *, attempts: int) -> Outcome | None:
        """Answer everything that waits in the conversation; None when nothing does."""
        trace = Trace()
        async with self.reading() as session:
            waiting = await take(session, conversation)
        if waiting is None:
            return None
        trace.stage("take_ms")
        # First, and with nothing but a word list: danger waits for no model and no engine.
        crisis = judge_crisis([one.text for one in waiting.heard], waiting.before)
        if crisis.level >= CRISIS_LEVEL:
            return await self._crisis(waiting, crisis, trace, attempts)
        if waiting.state.get("crisis") and not is_out_of_danger(waiting.heard[-1].text):
            return await self._stay(waiting, trace, attempts)
        if await self._receipt_is_due(waiting, trace, attempts):
            return Outcome.ANSWERED
        said = await self._read(waiting)
        trace.stage("understand_ms")
        if not bot_may_speak(waiting.status):
            return await self._held(waiting, said, trace)
        return await self._converse(waiting, said, trace, attempts)

    async def tell_delay(self, conversation: UUID) -> None:
        """The turn keeps failing: say that the words are kept. Called once a turn."""
        async with self.sessions.begin() as session:
            waiting = await take(session, conversation)
            locked = await lock_conversation(session, conversation)
            if waiting is None or not bot_may_speak(locked.status):
                return
            if _told_before(locked, "delayed_seq", waiting):
                return
            words = [Words(citizen_text("delayed"))]
            await say(session, locked, Speaker(Author.SYSTEM), words, at=now())

    async def give_up(self, conversation: UUID, *, attempts: int, failure: Exception) -> None:
        """Tell the truth, keep the words, call a person.

        Where the engine was only out of reach, the words go on waiting and a later try is promised:
        once it is back they are answered, unless a person has them by then.
        """
        async with self.sessions.begin() as session:
            waiting = await take(session, conversation)
            if waiting is None:
                return
            locked = await lock_conversation(session, conversation)
            told = _told_before(locked, "given_up_seq", waiting)
            if bot_may_speak(locked.status) and not told:
                await request_person(session, locked, Reason.FAILURE, at=now())
                words = [Words(citizen_text("given_up"))]
                await say(session, locked, Speaker(Author.SYSTEM, waiting.id), words, at=now())
            _end(session, locked, waiting, Outcome.GIVEN_UP, Trace(), attempts)
            if isinstance(failure, EngineDownError):
                locked.answered_seq = waiting.heard[0].seq - 1
                await enqueue(
                    session, AGAIN_JOB, lock=None, later=TRY_AGAIN, conversation=str(locked.id)
                )

    async def promise_again(self, conversation: UUID) -> None:
        """The later try: an ordinary turn in the conversation's order."""
        async with self.sessions.begin() as session:
            await promise_turn(session, conversation)

    async def _read(self, waiting: Waiting) -> tuple[Said, ...]:
        """In a thread of its own: a long letter must not hold up the other conversations."""

        def read() -> tuple[Said, ...]:
            return tuple(
                Said(
                    one.id,
                    one.seq,
                    one.text,
                    self.read(one.text, one.at.astimezone(CHINA), waiting.place),
                )
                for one in waiting.heard
            )

        return await anyio.to_thread.run_sync(read)

    async def _receipt_is_due(self, waiting: Waiting, trace: Trace, attempts: int) -> bool:
        """The case was filed by a try that died before it could say so: say it now."""
        if not waiting.filed or _asking(waiting) != "confirmed":
            return False
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            case = await latest_case(session, waiting.conversation)
            if case is None or case.created_at < waiting.heard[0].at:
                return False
            card = Card(kind="receipt", rows=receipt_rows(session, case))
            words = [Words(citizen_text("filed"), card=card)]
            await say(session, locked, Speaker(Author.SYSTEM, waiting.id), words, at=now())
            locked.state = {**locked.state, "asking": None, "form": None}
            _end(session, locked, waiting, Outcome.ANSWERED, trace, attempts)
        return True

    async def _converse(
        self, waiting: Waiting, said: Sequence[Said], trace: Trace, attempts: int
    ) -> Outcome:
        proposals = propose(said, _question(waiting))
        text = shortened(joined_masked(said))
        metadata = _metadata(waiting, proposals, len(text))
        answer = await self.engine.answer(
            sender=f"{waiting.id}-{attempts}", text=text, metadata=metadata
        )
        trace.stage("engine_ms")
        trace.values |= {
            "intent": answer.state.intent.name or "",
            "confidence": round(answer.state.intent.confidence, 3),
            "actions": answer.state.actions,
        }
        async with self.sessions.begin() as session:
            ending = _Ending(tuple(proposals), frozenset(metadata["draft"]), trace, attempts)
            return await finish(session, waiting, said, answer, ending)

    async def _crisis(
        self, waiting: Waiting, crisis: Crisis, trace: Trace, attempts: int
    ) -> Outcome:
        """The right line first, then one question; a person is called. No engine is asked."""
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            at = now()
            await request_person(session, locked, Reason.CRISIS, risk=crisis.level, at=at)
            if bot_may_speak(locked.status):
                words = [Words(_crisis_text(crisis.kinds)), Words(citizen_text("crisis_queued"))]
                await say(session, locked, Speaker(Author.BOT, waiting.id), words, at=at)
                locked.state = {**locked.state, "asking": None, "form": None, "crisis": 1}
            _end(session, locked, waiting, Outcome.CRISIS, trace, attempts)
        # The answer is out. Only now what may take time, or fail.
        await self._note(waiting)
        return Outcome.CRISIS

    async def _stay(self, waiting: Waiting, trace: Trace, attempts: int) -> Outcome:
        """After a cry for help nothing is asked but safety, until it is there or a person is."""
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            if bot_may_speak(locked.status):
                before = int(waiting.state.get("crisis") or 1)
                text = citizen_text(f"crisis_stay_{(before - 1) % CRISIS_STAYS + 1}")
                words = [Words(text, (citizen_text("choice_safe"),))]
                await say(session, locked, Speaker(Author.BOT, waiting.id), words, at=now())
                locked.state = {**locked.state, "crisis": before + 1}
            _end(session, locked, waiting, Outcome.CRISIS, trace, attempts)
        await self._note(waiting)
        return Outcome.CRISIS

    async def _note(self, waiting: Waiting) -> None:
        """Keep what the messages of a crisis tell by the way."""
        said = await self._read(waiting)
        async with self.sessions.begin() as session:
            await _store_analyses(session, said)
            await _keep(session, waiting, _told(waiting, said))

    async def _held(self, waiting: Waiting, said: Sequence[Said], trace: Trace) -> Outcome:
        """A person holds the conversation: understand, and stay silent."""
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            if bot_may_speak(locked.status):
                raise OutdatedError
            await _store_analyses(session, said)
            _end(session, locked, waiting, Outcome.HELD, trace, 0)
        return Outcome.HELD


@dataclass(frozen=True, slots=True)
class _Ending:
    proposals: tuple[Proposal, ...]
    # the slots that were sent as settled
    sent: frozenset[str]
    trace: Trace
    attempts: int


async def take(session: AsyncSession, conversation_id: UUID) -> Waiting | None:
    """Everything that waits in a conversation and what is known so far."""
    row = (await session.execute(_WITH_PLACE, {"id": conversation_id})).one_or_none()
    if row is None:
        return None
    conversation, place = row
    messages = await messages_after(
        session,
        conversation.id,
        conversation.answered_seq - 1,
        authors=frozenset({Author.CITIZEN}),
        limit=MAX_MESSAGES,
    )
    waits = [one for one in messages if one.seq > conversation.answered_seq]
    if not waits:
        return None
    before = messages[0] if messages[0] is not waits[0] else None
    draft, facts = await latest_draft_with_facts(session, conversation.id)
    return Waiting(
        id=new_id(),
        conversation=conversation.id,
        version=conversation.version,
        status=conversation.status,
        number=conversation.turn_count + 1,
        state=dict(conversation.state),
        place=place or "",
        facts=_known(session, facts),
        filed=draft is not None and draft.status is DraftStatus.FILED,
        before=unseal(session, before.body_sealed) if before is not None else "",
        heard=tuple(
            Heard(one.id, one.seq, unseal(session, one.body_sealed), one.created_at)
            for one in waits
        ),
    )


async def finish(
    session: AsyncSession,
    waiting: Waiting,
    said: Sequence[Said],
    answer: EngineAnswer,
    ending: _Ending,
) -> Outcome:
    """Write facts, replies and the dialogue's state, unless somebody took over meanwhile."""
    conversation = await lock_conversation(session, waiting.conversation)
    outdated = conversation.version != waiting.version
    if outdated and bot_may_speak(conversation.status):
        raise OutdatedError
    at = now()
    await _store_analyses(session, said)
    await _write_findings(session, waiting, said, answer, ending.proposals)
    words = await _words(session, waiting, answer)
    if outdated:
        # Only what reports a stored effect is still said: the receipt of a filed case.
        words = [one for one in words if one.card is not None and one.card["kind"] == "receipt"]
    outcome = Outcome.SUPERSEDED if outdated else Outcome.ANSWERED
    ending.trace.stage("write_ms")
    # Before `say`, which writes: the conversation's row is updated once.
    conversation.state = _next_state(
        waiting, answer, ending.sent, conversation.last_seq + len(words)
    )
    _end(session, conversation, waiting, outcome, ending.trace, ending.attempts)
    author = Author.SYSTEM if outdated else Author.BOT
    await say(session, conversation, Speaker(author, waiting.id), words, at=at)
    return outcome


def _end(
    session: AsyncSession,
    conversation: Conversation,
    waiting: Waiting,
    outcome: Outcome,
    trace: Trace,
    attempts: int,
) -> None:
    conversation.answered_seq = waiting.last_seq
    conversation.turn_count = waiting.number
    conversation.version += 1
    session.add(
        Turn(
            id=waiting.id,
            conversation_id=conversation.id,
            number=waiting.number,
            first_seq=waiting.heard[0].seq,
            last_seq=waiting.last_seq,
            outcome=outcome,
            attempts=attempts,
            trace=trace.values,
        )
    )
    if outcome is Outcome.GIVEN_UP:
        record(session, SYSTEM, "turn.given_up", Subject("conversation", conversation.id))


def _told_before(conversation: Conversation, mark: str, waiting: Waiting) -> bool:
    """Was this said about these very messages already? Notes that it is said now."""
    before = conversation.state.get(mark) or 0
    conversation.state = {**conversation.state, mark: waiting.last_seq}
    return int(before) >= waiting.last_seq


def _question(waiting: Waiting) -> Question:
    asking = waiting.state.get("asking")
    asked_seq = waiting.state.get("asked_seq") or 0
    return Question(asking if isinstance(asking, str) else None, int(asked_seq))


def _asking(waiting: Waiting) -> str | None:
    return _question(waiting).field


def _settled(waiting: Waiting, anew: frozenset[str] = frozenset()) -> dict[str, str]:
    """`anew`: fields that this message states outright, so that the engine takes them again."""
    known = {field: fact.value for field, fact in waiting.facts.items()}
    if waiting.place:
        known.setdefault("where", waiting.place)
    settled = settled_slots(known, known.get("type"), _asking(waiting))
    open_again = anew | set(str(waiting.state.get("reopened") or "").split())
    return {slot: mark for slot, mark in settled.items() if slot not in open_again}


def _known(session: AsyncSession, facts: Mapping[str, Fact]) -> dict[str, Known]:
    values, masked = values_of(session, facts), masked_values_of(session, facts)
    return {
        field: Known(values[field], masked[field], fact.how, fact.source_seq or 0)
        for field, fact in facts.items()
    }


def _metadata(waiting: Waiting, proposals: Sequence[Proposal], length: int) -> EngineTurn:
    form = waiting.state.get("form")
    misunderstood = waiting.state.get("misunderstood") or 0
    return EngineTurn(
        conversation=str(waiting.conversation),
        turn=str(waiting.id),
        message=str(waiting.heard[-1].id),
        draft=_settled(waiting, restated(proposals, waiting.facts)),
        asking=_asking(waiting),
        form=form if isinstance(form, str) else None,
        memory={
            "lost": int(misunderstood) >= LOST_AFTER,
            "filed": waiting.filed,
            # A crisis came between: the account is known, and nothing is asked.
            "pending": "what" in waiting.facts and _asking(waiting) is None,
        },
        entities=entities(proposals, waiting.facts, length),
    )


def _next_state(
    waiting: Waiting, answer: EngineAnswer, sent: Iterable[str], last_seq: int
) -> dict[str, str | int | bool | None]:
    before = waiting.state.get("misunderstood") or 0
    question = _question(waiting)
    repeated = answer.state.asking == question.field
    dropped = reopened(sent, answer.state.slots, answer.state.form)
    return {
        "noticed": True,
        "reopened": " ".join(dropped),
        "asking": answer.state.asking,
        # A question put again is still the one that earlier messages may answer.
        "asked_seq": question.seq if repeated else last_seq,
        "form": answer.state.form,
        "misunderstood": next_misunderstood(
            int(before),
            answer.state.intent.name or "",
            (message.response for message in answer.messages),
        ),
    }


async def _write_findings(
    session: AsyncSession,
    waiting: Waiting,
    said: Sequence[Said],
    answer: EngineAnswer,
    proposals: Sequence[Proposal],
) -> None:
    """Store what the engine accepted."""
    findings = _merged(waiting, said, answer, proposals)
    if stays_anonymous(answer.state.slots, _settled(waiting)):
        findings["contact"] = Finding(ANONYMOUS, ANONYMOUS, How.ANSWERED, said[-1].id, said[-1].seq)
    if "what" in findings:
        findings |= _classified(said)
    await _keep(session, waiting, findings)


async def _keep(session: AsyncSession, waiting: Waiting, findings: dict[str, Finding]) -> None:
    if not findings:
        return
    draft = await open_draft(session, waiting.conversation)
    if draft is None:
        draft = await start_draft(session, waiting.conversation)
        if waiting.place:
            findings.setdefault("where", Finding(waiting.place, waiting.place, How.SITE))
    await write_facts(session, draft.id, findings, at=now())


def _merged(
    waiting: Waiting,
    said: Sequence[Said],
    answer: EngineAnswer,
    proposals: Sequence[Proposal],
) -> dict[str, Finding]:
    findings = {}
    intent, asking = answer.state.intent.name, _asking(waiting)
    goes_on = intent == STORY or (intent in PIECES and is_typing_on(said, _question(waiting)))
    taken = accepted(answer.state.slots, proposals)
    taken = with_more_story(taken, proposals, goes_on=goes_on)
    for name, one in taken.items():
        replacing = replaces(name, intent, asking)
        if (found := merge(waiting.facts.get(name), one, replacing=replacing)) is not None:
            findings[name] = Finding(found.value, found.masked, one.how, one.message, one.seq)
    return findings


def _told(waiting: Waiting, said: Sequence[Said]) -> dict[str, Finding]:
    """What a message in a crisis says by the way: it must not be asked for again."""
    proposals = propose(said, Question())
    told = {one.entity: one for one in proposals if one.entity in FACT_FIELDS}
    told = with_more_story(told, proposals, goes_on=True)
    findings = {
        name: Finding(one.value, one.masked, one.how, one.message, one.seq)
        for name, one in told.items()
        if name not in waiting.facts
    }
    return findings | (_classified(said) if "what" in findings else {})


def _classified(said: Sequence[Said]) -> dict[str, Finding]:
    """Type and matter as understanding guesses them; a clerk may correct them later."""
    longest = max(said, key=lambda one: len(one.text))
    analysis = longest.analysis
    matter = analysis.matters[0].name if analysis.matters else None
    guesses = {"type": analysis.case_type, "matter": matter}
    return {
        name: Finding(value, value, How.GUESSED, longest.id, longest.seq)
        for name, value in guesses.items()
        if value
    }


async def _words(session: AsyncSession, waiting: Waiting, answer: EngineAnswer) -> list[Words]:
    words = [] if waiting.state.get("noticed") else [Words(citizen_text("notice"))]
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


async def _store_analyses(session: AsyncSession, said: Sequence[Said]) -> None:
    analyses = [json.dumps(one.analysis.to_json(), ensure_ascii=False) for one in said]
    rows = [
        {"message": one.id, "sealed": seal(session, analysis)}
        for one, analysis in zip(said, analyses, strict=True)
    ]
    await (await session.connection()).execute(_STORE_ANALYSIS, rows)


def _crisis_text(kinds: Sequence[str]) -> str:
    for kind in kinds:
        if has_citizen_text(f"crisis_{kind}"):
            return citizen_text(f"crisis_{kind}")
    return citizen_text("crisis_other")
