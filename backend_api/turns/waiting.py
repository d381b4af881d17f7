"""What a turn begins with: the words that wait and everything known so far, in one short look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.conversations.dialogue import DialogueState, state_of
from backend_api.conversations.models import Conversation
from backend_api.conversations.rules import Author, Status
from backend_api.conversations.service import messages_after
from backend_api.core.crypto import unseal
from backend_api.core.ids import new_id
from backend_api.drafts.models import Fact
from backend_api.drafts.rules import NOTHING_GUESSED, UNKNOWN, DraftStatus, settled_slots
from backend_api.drafts.service import latest_draft_with_facts, masked_values_of, values_of
from backend_api.organisation.models import Site
from backend_api.turns.merging import Known
from backend_api.turns.proposals import Question
from backend_api.turns.rules import AWAY

MAX_MESSAGES = 100
INTAKE = "intake_form"
_WITH_PLACE = (
    select(Conversation, Site.place)
    .outerjoin(Site, Site.id == Conversation.site_id)
    .where(Conversation.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A citizen's message as it was stored."""

    id: UUID
    seq: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    id: UUID
    conversation: UUID
    version: int
    status: Status
    number: int
    state: DialogueState
    place: str
    facts: dict[str, Known]
    filed: bool
    # filed, and taken back since
    withdrawn: bool
    # the citizen's last words of the turn before and when they came, and what waits now
    before: str
    before_at: datetime | None
    heard: tuple[Heard, ...]
    # of everything that waited, set aside or not
    last_seq: int

    @property
    def was_away(self) -> bool:
        """Back after a long silence, in the middle of a matter."""
        if self.before_at is None or self.state.asking is None:
            return False
        return self.heard[0].at - self.before_at >= AWAY

    @property
    def question(self) -> Question:
        return Question(self.state.asking, self.state.asked_seq, self.state.changing)

    @property
    def values(self) -> dict[str, str]:
        return {field: fact.value for field, fact in self.facts.items()}

    def settled(
        self, anew: frozenset[str] = frozenset(), guesses: Mapping[str, str] = NOTHING_GUESSED
    ) -> dict[str, str]:
        """Slot → known or not needed.

        `anew`: fields that this message states outright, so that the engine takes them again.
        `guesses`: type and matter, where the draft does not know them yet.
        """
        known = self.values
        if self.place:
            known.setdefault("where", self.place)
        asking = self.state.asking
        settled = settled_slots(known, asking, guesses=guesses)
        # Left open: not asked again, and taken when it is said after all.
        settled |= {f: "not_needed" for f, value in known.items() if value == UNKNOWN}
        # Asked first: whatever else the intake asks, it is answered.
        if asking != "relation" and (not self.filed or self.state.form == INTAKE):
            settled["relation"] = "not_needed"
        open_again = anew | set(self.state.reopened.split())
        return {slot: mark for slot, mark in settled.items() if slot not in open_again}


async def take(session: AsyncSession, conversation_id: UUID) -> Waiting | None:
    """Everything that waits in a conversation and what is known so far; None: nothing waits."""
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
    waits = [one for one in messages if one.seq > conversation.answered_seq and not one.quarantined]
    if not waits:
        return None
    is_after = messages[0].seq <= conversation.answered_seq and not messages[0].quarantined
    before = messages[0] if is_after else None
    draft, facts = await latest_draft_with_facts(session, conversation.id)
    return Waiting(
        id=new_id(),
        conversation=conversation.id,
        version=conversation.version,
        status=conversation.status,
        number=conversation.turn_count + 1,
        state=state_of(conversation.state),
        place=place or "",
        facts=_known(session, facts),
        filed=draft is not None and draft.status is DraftStatus.FILED,
        withdrawn=draft is not None and draft.status is DraftStatus.WITHDRAWN,
        before=unseal(session, before.body_sealed) if before is not None else "",
        before_at=before.created_at if before is not None else None,
        heard=tuple(
            Heard(one.id, one.seq, unseal(session, one.body_sealed), one.created_at)
            for one in waits
        ),
        last_seq=messages[-1].seq,
    )


def _known(session: AsyncSession, facts: Mapping[str, Fact]) -> dict[str, Known]:
    values, masked = values_of(session, facts), masked_values_of(session, facts)
    return {
        field: Known(values[field], masked[field], fact.how, fact.source_seq or 0)
        for field, fact in facts.items()
    }
