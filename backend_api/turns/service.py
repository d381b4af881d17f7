"""One turn: take what waits, understand it, let the engine decide, write the answer.

No transaction is open while the engine thinks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import anyio

from backend_api.cases.service import latest_case, receipt_rows
from backend_api.conversations.dialogue import DialogueState, state_of
from backend_api.conversations.models import Conversation
from backend_api.conversations.rules import Author, Status, bot_may_speak
from backend_api.conversations.service import (
    Card,
    Speaker,
    Words,
    lock_conversation,
    promise_turn,
    say,
)
from backend_api.core.clock import CHINA, now
from backend_api.core.db import Sessions
from backend_api.core.jobs import enqueue
from backend_api.handoff.rules import Reason
from backend_api.handoff.service import request_person
from backend_api.notifications.texts import citizen_text, has_citizen_text, spoken_text
from backend_api.turns.advice import SAME_FOR_CHILDREN, advised_after, whole_answer
from backend_api.turns.codes import with_codes_masked
from backend_api.turns.ending import (
    Exchange,
    OutdatedError,
    Trace,
    end_turn,
    finish,
    keep,
    store_analyses,
    told,
)
from backend_api.turns.engine import Engine, EngineDownError, EngineTurn
from backend_api.turns.finders import Said, is_code_tried, joined, joined_masked
from backend_api.turns.matters import guesses, is_matter_plain, of_first_part, parts_of
from backend_api.turns.merging import restated
from backend_api.turns.proposals import Proposal, entities, propose, representatives_of
from backend_api.turns.rules import (
    CRISIS_LEVEL,
    LOST_AFTER,
    OWN_LIFE,
    Outcome,
    is_out_of_danger,
    shortened,
)
from backend_api.turns.secrecy import (
    seal_if_accusing,
    set_aside,
    to_set_aside,
    without_secrets,
)
from backend_api.turns.waiting import Waiting, take
from backend_api.turns.words import turn_words
from backend_api.understanding.alarm import crisis_script, is_child_speaking, judge_crisis
from backend_api.understanding.analysis import Analysis, Crisis, Part
from backend_api.understanding.corrections import find_corrections
from backend_api.understanding.danger import Danger

# Texts crisis_stay_1 … in notifications/templates/citizen.yml.
CRISIS_STAYS = 3
FOR_CHILDREN = "crisis_minor"
# After giving up on an engine that is down: when to look again.
TRY_AGAIN = timedelta(minutes=1)
AGAIN_JOB = "turns.again"


@dataclass(frozen=True, slots=True)
class Turns:
    """What runs turns: made once by the worker's root."""

    sessions: Sessions
    reading: Sessions
    engine: Engine
    read: Callable[[str, datetime, str], Analysis]
    # Beside the word list of crisis, where it is trained.
    danger: Danger | None = None

    async def run(self, conversation: UUID, *, attempts: int) -> Outcome | None:
        """Answer everything that waits in the conversation; None when nothing does."""
        trace = Trace(attempts)
        waiting = await self._take(conversation)
        # Sealed, it may have been taken from the colleague who had it: looked at anew.
        if waiting is not None and await seal_if_accusing(self.sessions, waiting):
            waiting = await self._take(conversation)
        if waiting is None:
            return None
        trace.stage("take_ms")
        if (outcome := await self._first(waiting, trace)) is not None:
            return outcome
        if await self._receipt_is_due(waiting, trace):
            return Outcome.ANSWERED
        said = await self._read(waiting)
        trace.stage("understand_ms")
        if not bot_may_speak(waiting.status):
            return await self._held(waiting, said, trace)
        return await self._converse(waiting, said, trace)

    async def _take(self, conversation: UUID) -> Waiting | None:
        async with self.reading() as session:
            return await take(session, conversation)

    async def _first(self, waiting: Waiting, trace: Trace) -> Outcome | None:
        """With nothing but word lists: danger waits for no model and no engine, and a state secret
        is read by none."""
        learnt = _learnt(self.danger, waiting)
        crisis = judge_crisis([one.text for one in waiting.heard], waiting.before, learnt)
        if crisis.level >= CRISIS_LEVEL and not _is_answer_to_safety(waiting):
            return await self._crisis(waiting, crisis, trace)
        if waiting.state.crisis and not _is_out_of_danger(waiting):
            return await self._stay(waiting, trace)
        if secrets := to_set_aside(waiting):
            return await set_aside(self.sessions, waiting, secrets, trace)
        return await self._advise(waiting, trace)

    async def _advise(self, waiting: Waiting, trace: Trace) -> Outcome | None:
        """我想报警 and nothing else: what to do now, and a question; None for anything else."""
        key = whole_answer(waiting.state, [one.text for one in waiting.heard])
        if waiting.state.crisis or not key or not bot_may_speak(waiting.status):
            return None
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            keys = (key, f"{key}_ask")
            words = [Words(spoken_text(one, child=waiting.state.child)) for one in keys]
            await say(session, locked, Speaker(Author.BOT, waiting.id), words, at=now())
            _ask_nothing(locked, advised=key)
            if "what" not in waiting.facts:
                state = state_of(locked.state)
                locked.state = replace(state, asking="what", form="intake_form").stored()
            await end_turn(session, locked, waiting, Outcome.ANSWERED, trace)
        return Outcome.ANSWERED

    async def tell_delay(self, conversation: UUID) -> None:
        """The turn keeps failing: say that the words are kept. Once for the same words."""
        async with self.sessions.begin() as session:
            waiting = await take(session, conversation)
            locked = await lock_conversation(session, conversation)
            if waiting is None or not bot_may_speak(locked.status):
                return
            if waiting.state.delayed_seq < waiting.last_seq:
                locked.state = replace(waiting.state, delayed_seq=waiting.last_seq).stored()
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
            if bot_may_speak(locked.status) and waiting.state.given_up_seq < waiting.last_seq:
                message = waiting.heard[-1].id
                await request_person(session, locked, Reason.FAILURE, message=message, at=now())
                words = [Words(citizen_text("given_up"))]
                await say(session, locked, Speaker(Author.SYSTEM, waiting.id), words, at=now())
            locked.state = replace(waiting.state, given_up_seq=waiting.last_seq).stored()
            await end_turn(session, locked, waiting, Outcome.GIVEN_UP, Trace(attempts))
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
                    with_codes_masked(
                        self.read(one.text, one.at.astimezone(CHINA), waiting.place), one.text
                    ),
                    find_corrections(one.text),
                )
                for one in waiting.heard
            )

        return await anyio.to_thread.run_sync(read)

    async def _receipt_is_due(self, waiting: Waiting, trace: Trace) -> bool:
        """The case was filed by a try that died before it could say so: say it now."""
        if not waiting.filed or waiting.state.asking != "confirmed":
            return False
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            case = await latest_case(session, waiting.conversation)
            if case is None or case.created_at < waiting.heard[0].at:
                return False
            card = Card(kind="receipt", rows=receipt_rows(session, case))
            text = citizen_text("filed_sealed" if case.sealed else "filed")
            words = [Words(text, card=card)]
            await say(session, locked, Speaker(Author.SYSTEM, waiting.id), words, at=now())
            _ask_nothing(locked)
            await end_turn(session, locked, waiting, Outcome.ANSWERED, trace)
        return True

    async def _converse(self, waiting: Waiting, said: Sequence[Said], trace: Trace) -> Outcome:
        proposals, parts = _offered(waiting, said)
        text = shortened(joined_masked(said))
        if waiting.state.crisis and len(said) == 1:
            # Safe, in whatever words: 我到我妈家了 is about nobody's mother.
            proposals, parts, text = (), (), citizen_text("choice_safe")
        metadata = _metadata(waiting, said, proposals, len(text))
        answer = await self.engine.answer(
            sender=f"{waiting.id}-{trace.attempts}", text=text, metadata=metadata
        )
        trace.stage("engine_ms")
        trace.values |= {
            "intent": answer.state.intent.name or "",
            "confidence": round(answer.state.intent.confidence, 3),
            "actions": answer.state.actions,
        }
        exchange = Exchange(said, proposals, frozenset(metadata["draft"]), answer, parts)
        async with self.sessions.begin() as session:
            return await finish(session, waiting, exchange, trace)

    async def _crisis(self, waiting: Waiting, crisis: Crisis, trace: Trace) -> Outcome:
        """The right line first, then one question; a person is called. No engine is asked."""
        learnt = _learnt(self.danger, waiting)
        alarming = max(
            reversed(waiting.heard),
            key=lambda one: judge_crisis([one.text], "", learnt).level,
        )
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            at, level = now(), crisis.level
            await request_person(
                session, locked, Reason.CRISIS, risk=level, message=alarming.id, at=at
            )
            if bot_may_speak(locked.status):
                said = "，".join(one.text for one in waiting.heard)
                kind = _danger(waiting.state, crisis.kinds)
                child = waiting.state.child or is_child_speaking(waiting.before + said)
                text = _crisis_text(crisis.kinds, said, to_child=child)
                words = [
                    Words(spoken_text(text, child=child)),
                    Words(spoken_text("crisis_queued", child=child), _safe_or_not()),
                ]
                await say(session, locked, Speaker(Author.BOT, waiting.id), words, at=at)
                _ask_nothing(locked, crisis=1, kind=kind, child=child)
            await end_turn(session, locked, waiting, Outcome.CRISIS, trace)
        # The answer is out. Only now what may take time, or fail.
        await self._note(waiting)
        return Outcome.CRISIS

    async def _stay(self, waiting: Waiting, trace: Trace) -> Outcome:
        """After a cry for help nothing is asked but safety, until it is there or a person is."""
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            if bot_may_speak(locked.status):
                before = waiting.state.crisis
                stay = f"crisis_stay_{(before - 1) % CRISIS_STAYS + 1}"
                child = waiting.state.child
                line = _line(waiting.state.crisis_kind, to_child=child)
                words = [Words(spoken_text(stay, child=child, line=line), _safe_or_not())]
                await say(session, locked, Speaker(Author.BOT, waiting.id), words, at=now())
                locked.state = replace(waiting.state, crisis=before + 1).stored()
            await end_turn(session, locked, waiting, Outcome.CRISIS, trace)
        await self._note(waiting)
        return Outcome.CRISIS

    async def _note(self, waiting: Waiting) -> None:
        """Keep what the messages of a crisis tell by the way."""
        heard = await without_secrets(self.sessions, waiting)
        if not heard:
            return
        said = await self._read(replace(waiting, heard=heard))
        async with self.sessions.begin() as session:
            await store_analyses(session, said)
            await keep(session, waiting, told(waiting, said))

    async def _held(self, waiting: Waiting, said: Sequence[Said], trace: Trace) -> Outcome:
        """A person holds the conversation: understand, and stay silent."""
        async with self.sessions.begin() as session:
            locked = await lock_conversation(session, waiting.conversation)
            if bot_may_speak(locked.status):
                raise OutdatedError
            await store_analyses(session, said)
            await end_turn(session, locked, waiting, Outcome.HELD, trace)
        return Outcome.HELD


def _safe_or_not() -> tuple[str, str]:
    """What may be tapped in a danger."""
    return citizen_text("choice_safe"), citizen_text("choice_danger")


def _is_answer_to_safety(waiting: Waiting) -> bool:
    """我还有危险 is of the danger that is known, and words of safety alone tell of no new one."""
    if not waiting.state.crisis or len(waiting.heard) > 1:
        return False
    tapped = waiting.heard[-1].text.strip() == citizen_text("choice_danger")
    return tapped or _is_out_of_danger(waiting)


def _is_out_of_danger(waiting: Waiting) -> bool:
    return is_out_of_danger(waiting.heard[-1].text, waiting.state.crisis_kind)


def _ask_nothing(
    conversation: Conversation,
    *,
    crisis: int = 0,
    kind: str = "",
    child: bool = False,
    advised: str = "",
) -> None:
    state = replace(state_of(conversation.state), asking=None, form=None, case="")
    if advised:
        state = replace(state, advised=advised_after(state.advised, (advised,)))
    state = replace(state, crisis=crisis, crisis_kind=kind, child=child or state.child)
    conversation.state = state.stored()


def _learnt(danger: Danger | None, waiting: Waiting) -> Danger | None:
    """What the lists do not foresee counts where a story begins; less in the middle of one, and not
    while the danger is spoken of."""
    if danger is None or waiting.state.crisis:
        return None
    return (
        danger.within() if waiting.state.asking not in {None, "what"} or waiting.filed else danger
    )


def _offered(waiting: Waiting, said: Sequence[Said]) -> tuple[Sequence[Proposal], tuple[Part, ...]]:
    """What the messages propose; of a first account that holds several matters, the first one."""
    proposals = propose(said, waiting.question, waiting.before, waiting.values)
    parts = parts_of(said) if "what" not in waiting.facts else ()
    return (of_first_part(proposals, said, parts) if parts else proposals), parts


def _metadata(
    waiting: Waiting, said: Sequence[Said], proposals: Sequence[Proposal], length: int
) -> EngineTurn:
    is_told = "what" in waiting.facts
    speakers = representatives_of(said)
    return EngineTurn(
        conversation=str(waiting.conversation),
        turn=str(waiting.id),
        message=str(waiting.heard[-1].id),
        draft=waiting.settled(
            restated(proposals, waiting.facts), {} if is_told else guesses(said, None)
        ),
        asking=waiting.state.asking,
        form=waiting.state.form,
        memory={
            "lost": waiting.state.misunderstood >= LOST_AFTER,
            "filed": waiting.filed,
            "has_case": waiting.filed or waiting.withdrawn or bool(waiting.state.case),
            "parked": waiting.state.parked > 0,
            "parked_offered": waiting.state.parked_offered,
            "person_offered": waiting.state.person_offered,
            "asked_again": waiting.state.misunderstood > 0,
            "queued": waiting.status is Status.WAITING,
            "matter_plain": is_matter_plain(said),
            "changing": bool(waiting.state.changing),
            "changed": any(one.entity == waiting.state.changing for one in proposals),
            "adding": waiting.state.adding,
            "advising": waiting.values.get("service") == "law",
            "code_tried": is_code_tried(joined(said)),
            "asks_of_withdrawal": turn_words().asks_of_withdrawal.search(said[-1].text) is not None,
            "represented": speakers is not None,
            "too_many_represent": speakers is not None and speakers.are_too_many,
            "said_again": said[-1].text.strip() == waiting.before.strip(),
            # A crisis came between: the account is known, and nothing is asked.
            "pending": is_told and waiting.state.asking is None,
        },
        entities=entities(proposals, waiting.values, length),
    )


def _danger(state: DialogueState, kinds: Sequence[str]) -> str:
    """The kind to be kept. Who spoke of their own life is heard as such until they are safe."""
    if OWN_LIFE in kinds or (state.crisis and state.crisis_kind == OWN_LIFE):
        return OWN_LIFE
    return next(iter(kinds), "")


def _line(kind: str, *, to_child: bool) -> str:
    """Whom to call in this danger."""
    if to_child and kind not in {*SAME_FOR_CHILDREN, OWN_LIFE}:
        kind = "minor"
    known = has_citizen_text(f"crisis_line_{kind}")
    return citizen_text(f"crisis_line_{kind if known else 'other'}")


def _crisis_text(kinds: Sequence[str], said: str, *, to_child: bool) -> str:
    """The name of the text. A child who is hurt by somebody is spoken to as one."""
    if to_child and not {*SAME_FOR_CHILDREN, OWN_LIFE} & set(kinds):
        return FOR_CHILDREN
    for kind in kinds:
        if has_citizen_text(text := crisis_script(kind, said)):
            return text
    return "crisis_other"
