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
from backend_api.cases.service import WITHDRAWAL, add_to_case
from backend_api.conversations.dialogue import DialogueState
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import Author, bot_may_speak
from backend_api.conversations.service import Speaker, Words, lock_conversation, say
from backend_api.core.clock import now
from backend_api.core.crypto import seal
from backend_api.drafts.rules import ANONYMOUS, How
from backend_api.drafts.service import (
    OF_THE_CITIZEN,
    Finding,
    open_draft,
    park,
    start_draft,
    write_facts,
)
from backend_api.handoff.service import seal_conversation, subject_of
from backend_api.notifications.texts import citizen_text
from backend_api.turns.advice import advised_after
from backend_api.turns.engine import EngineAnswer
from backend_api.turns.finders import Said
from backend_api.turns.matters import another_told, findings_of_part, guesses, longest_of, told_with
from backend_api.turns.mending import item_named
from backend_api.turns.merging import (
    FACT_FIELDS,
    PIECES,
    STORY,
    accepted,
    is_added,
    is_report,
    is_typing_on,
    merge,
    reopened,
    replaces,
    stated_codes,
    stays_anonymous,
    with_more_story,
    without_lead,
)
from backend_api.turns.models import Turn
from backend_api.turns.proposals import Proposal, Question, propose
from backend_api.turns.replies import Lookup, first_words, look_up, words_of_answer
from backend_api.turns.rules import Outcome, next_misunderstood
from backend_api.turns.waiting import Waiting
from backend_api.understanding.analysis import Part

# The engine's question for an item that its form does not ask for.
ASKS_RIGHT_VALUE = "utter_ask_right_value"
ONE_BY_ONE = "utter_one_by_one"
ADDS_TO_CASE = "action_add_to_case"
ASKS_FOR_MORE, WAITS = "utter_go_ahead", "utter_wait"
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
    # the matters of the message, where it holds several
    parts: tuple[Part, ...] = ()


async def finish(
    session: AsyncSession, waiting: Waiting, exchange: Exchange, trace: Trace
) -> Outcome:
    """Write what the engine decided, unless somebody took over meanwhile."""
    conversation = await lock_conversation(session, waiting.conversation)
    outdated = conversation.version != waiting.version
    if outdated and bot_may_speak(conversation.status):
        raise OutdatedError
    await store_analyses(session, exchange.said)
    findings = _findings(waiting, exchange)
    await keep(session, waiting, findings)
    parked = await _park_others(session, conversation, waiting, exchange)
    lookup = await look_up(
        session, conversation, waiting, tuple(exchange.proposals), exchange.answer
    )
    state = _next_state(waiting, exchange, lookup, parked)
    conversation.state = state.stored()
    if _is_need_to_know(exchange, lookup):
        await seal_conversation(session, conversation, at=now())
    if _belongs_to_case(waiting, exchange, findings):
        await add_to_case(session, conversation)
    words = await words_of_answer(session, waiting, exchange.answer, lookup)
    if names := "、".join(part.name for part in _parts(waiting, exchange)):
        words.insert(-1, Words(citizen_text("several", matters=names)))
    if outdated:
        # Only what reports a stored effect is still said: the receipt of a filed case.
        words = [one for one in words if one.card is not None and one.card["kind"] == "receipt"]
    trace.stage("write_ms")
    conversation.state = _asked_after(state, waiting, conversation.last_seq + len(words)).stored()
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
        findings = _known_before(waiting) | findings
    await write_facts(session, draft, findings, at=now())


def _known_before(waiting: Waiting) -> dict[str, Finding]:
    """What a new draft begins with: the site's place, and what was said of the citizen before."""
    known = {
        field: Finding(fact.value, fact.masked, fact.how)
        for field, fact in waiting.facts.items()
        if field in OF_THE_CITIZEN
    }
    if waiting.place:
        known["where"] = Finding(waiting.place, waiting.place, How.SITE)
    return known


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
    if _another(exchange):
        return {}
    findings = _merged(waiting, exchange)
    slots, last = exchange.answer.state.slots, exchange.said[-1]
    if stays_anonymous(slots, waiting.settled()):
        findings["contact"] = Finding(ANONYMOUS, ANONYMOUS, How.ANSWERED, last.id, last.seq)
        # 电话不方便留 says nothing of how to be reached.
        findings.pop("safe_contact", None)
    if "what" in findings:
        guesses = _classified(exchange.said, waiting)
        findings |= {name: one for name, one in guesses.items() if not _is_stated(waiting, name)}
    return findings | _stated(exchange, last)


def _is_need_to_know(exchange: Exchange, lookup: Lookup) -> bool:
    """A report on an official. A sealed case that is shown is as secret where it is shown."""
    is_shown = lookup.case is not None and lookup.case.sealed
    return is_shown or is_report(exchange.answer.state.slots)


def _is_stated(waiting: Waiting, name: str) -> bool:
    """Said by the citizen, not guessed."""
    known = waiting.facts.get(name)
    return known is not None and known.how is not How.GUESSED


def _stated(exchange: Exchange, last: Said) -> dict[str, Finding]:
    """What an intent says without any words of its own: a service, a report, yes and no."""
    codes = stated_codes(exchange.answer.state.slots)
    return {
        field: Finding(code, code, How.ANSWERED, last.id, last.seq) for field, code in codes.items()
    }


def _parts(waiting: Waiting, exchange: Exchange) -> tuple[Part, ...]:
    """The matters of a first account that holds several, once it is taken as the account."""
    is_told = "what" in accepted(exchange.answer.state.slots, exchange.proposals)
    return exchange.parts if is_told and "what" not in waiting.facts else ()


async def _park_others(
    session: AsyncSession, conversation: Conversation, waiting: Waiting, exchange: Exchange
) -> int:
    """All matters of the message but the first wait as drafts of their own."""
    others = [
        findings_of_part(told_with(exchange.said, part), part)
        for part in _parts(waiting, exchange)[1:]
    ]
    others += filter(None, [_another(exchange)])
    for findings in others:
        await park(session, conversation, findings, at=now())
    return len(others)


def _another(exchange: Exchange) -> dict[str, Finding]:
    """Another matter that is told before the open one is filed."""
    responses = {message.response for message in exchange.answer.messages}
    return another_told(exchange.said) if ONE_BY_ONE in responses else {}


def _merged(waiting: Waiting, exchange: Exchange) -> dict[str, Finding]:
    findings = {}
    state, question = exchange.answer.state, waiting.question
    intent = state.intent.name
    goes_on = intent == STORY or (intent in PIECES and is_typing_on(exchange.said, question))
    taken = accepted(state.slots, exchange.proposals)
    taken = with_more_story(taken, exchange.proposals, goes_on=goes_on)
    for name, one in taken.items():
        replacing = replaces(name, intent, question.field)
        if name == "demand" and is_added(exchange.said[-1].text):
            one, replacing = without_lead(one), False
        if (found := merge(waiting.facts.get(name), one, replacing=replacing)) is not None:
            findings[name] = Finding(found.value, found.masked, one.how, one.message, one.seq)
    return findings


def _classified(said: Sequence[Said], waiting: Waiting) -> dict[str, Finding]:
    longest = longest_of(said)
    return {
        name: Finding(value, value, How.GUESSED, longest.id, longest.seq)
        for name, value in guesses(said, waiting.facts.get("what")).items()
    }


def _next_state(waiting: Waiting, exchange: Exchange, lookup: Lookup, parked: int) -> DialogueState:
    before, state = waiting.state, exchange.answer.state
    responses = [message.response for message in exchange.answer.messages]
    lost = next_misunderstood(before.misunderstood, state.intent.name or "", responses)
    parked += bool(waiting.facts) and "action_park_draft" in state.actions
    opened = "action_open_parked" in state.actions
    case = _case_shown(before, lookup, state.actions)
    # Nothing is taken back that was not shown with the question.
    is_put = state.asking != WITHDRAWAL or bool(case)
    return replace(
        DialogueState(child=before.child),
        # Who has just come out of danger hears of that first: the notice waits a turn.
        noticed=before.noticed or not before.crisis,
        advised=advised_after(before.advised, first_words(waiting)),
        asking=state.asking if is_put else None,
        form=state.form if is_put else None,
        misunderstood=lost,
        reopened=" ".join(reopened(exchange.sent, state.slots, state.form)),
        changing=item_named(exchange.said[-1].text) if ASKS_RIGHT_VALUE in responses else "",
        adding=_is_more_to_come(waiting, state.form, responses),
        case=case,
        wrong_codes=before.wrong_codes + (lookup.asked and lookup.case is None),
        parked=max(before.parked + parked - opened, 0),
        parked_offered="utter_offer_parked" in responses,
        person_offered="utter_offer_human" in responses,
        offered=state.asking is not None and (before.offered or state.asking == "confirmed"),
    )


def _belongs_to_case(waiting: Waiting, exchange: Exchange, findings: dict[str, Finding]) -> bool:
    """Told as more of the filed case (its action ran before this turn's facts were written); or
    said by the way after filing, and no account of another matter."""
    state = exchange.answer.state
    if ADDS_TO_CASE in state.actions:
        return True
    return waiting.filed and state.form is None and bool(findings) and "what" not in findings


def _is_more_to_come(waiting: Waiting, form: str | None, responses: Sequence[str]) -> bool:
    """More of the filed case was announced; who asks for a moment is waited for."""
    asked = ASKS_FOR_MORE in responses or (waiting.state.adding and WAITS in responses)
    return waiting.filed and form is None and asked


def _case_shown(before: DialogueState, lookup: Lookup, actions: Sequence[str]) -> str:
    """The case whose status was shown here last, unless a newer one was filed or none found."""
    if lookup.case is not None:
        return str(lookup.case.id)
    return "" if lookup.asked or "action_file_case" in actions else before.case


def _asked_after(state: DialogueState, waiting: Waiting, last_seq: int) -> DialogueState:
    """A question put again is still the one that earlier messages may answer."""
    repeated = state.asking == waiting.state.asking
    return replace(state, asked_seq=waiting.state.asked_seq if repeated else last_seq)
