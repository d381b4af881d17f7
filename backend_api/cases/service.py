"""Filing (登记) and reading cases. Callers own the transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import Access
from backend_api.audit.service import BOT, Subject, record
from backend_api.cases.models import CASE_NUMBERS, Case
from backend_api.cases.rules import (
    QUERY_CODE_ALPHABET,
    QUERY_CODE_LENGTH,
    UnmaskReason,
    registration_number,
)
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import bot_may_speak
from backend_api.conversations.service import CardRow
from backend_api.core.clock import day_in_china
from backend_api.core.crypto import seal, unseal
from backend_api.core.errors import ConflictError, ForbiddenError, NotFoundError
from backend_api.drafts.labels import label, shown_value
from backend_api.drafts.models import Draft, Fact
from backend_api.drafts.rules import ANONYMOUS, PERSONAL_FIELDS, DraftStatus, missing_fields
from backend_api.drafts.service import (
    close_draft,
    current_facts,
    latest_draft,
    masked_values_of,
    values_of,
)
from backend_api.organisation.models import Site, Unit
from backend_api.people.service import person_with_phone

SUMMARY_CHARACTERS = 120
# What a case is called while nobody has looked at it.
UNKNOWN_TYPE, UNKNOWN_MATTER = "求决", "其他咨询"


@dataclass(frozen=True, slots=True)
class CaseRow:
    case: Case
    unit: str
    site: str | None


async def refuse_late(session: AsyncSession, conversation: Conversation, message: UUID) -> None:
    """An action acts for a turn that is still being thought, and not once a person has taken over.

    `message` is the last one of the turn, in this conversation; `conversation` is locked.
    """
    seq = await session.scalar(
        select(Message.seq).where(Message.id == message, Message.conversation_id == conversation.id)
    )
    ended = seq is None or seq <= conversation.answered_seq
    if ended or not bot_may_speak(conversation.status):
        raise ConflictError("outdated")


async def file_draft(
    session: AsyncSession, conversation: Conversation, *, message: UUID, at: datetime
) -> Case:
    """Register the draft of the conversation (locked) as a case; twice gives the same case."""
    draft = await latest_draft(session, conversation.id)
    if draft is None:
        raise ConflictError("incomplete_draft", missing=list(missing_fields((), None)))
    if draft.status is DraftStatus.FILED:
        return (await session.scalars(select(Case).where(Case.draft_id == draft.id))).one()
    await refuse_late(session, conversation, message)
    facts = await current_facts(session, draft.id)
    values = values_of(session, facts)
    if missing := missing_fields(values, values.get("type")):
        raise ConflictError("incomplete_draft", missing=list(missing))
    case = await _register(session, conversation, draft, facts, at)
    await close_draft(session, draft)
    record(session, BOT, "case.registered", subject_of(case), draft=str(draft.id))
    return case


async def unmask(
    session: AsyncSession, case: Case, access: Access, *, reason: UnmaskReason
) -> dict[str, str]:
    """The personal fields, readable. Who looked and why goes into the audit: of the case, and of
    the person, so that one question tells where a number went, whatever the case."""
    if access.account_id is None:
        raise ForbiddenError("account_needed")
    facts = await current_facts(session, case.draft_id)
    record(session, access.actor, "case.unmasked", subject_of(case), reason=reason)
    if case.person_id is not None:
        person = Subject("person", case.person_id, case.unit_path)
        record(session, access.actor, "person.shown", person, reason=reason, case=str(case.id))
    return {
        field: shown_value(field, value)
        for field, value in values_of(session, facts).items()
        if field in PERSONAL_FIELDS
    }


def subject_of(case: Case) -> Subject:
    return Subject("case", case.id, case.unit_path)


def receipt_rows(session: AsyncSession, case: Case) -> list[CardRow]:
    """What the citizen keeps: the number and the code that opens it."""
    code = unseal(session, case.query_code_sealed)
    return [
        CardRow(field="number", label=label("number"), value=case.number, masked=case.number),
        CardRow(field="query_code", label=label("query_code"), value=code, masked="…"),
    ]


async def latest_case(session: AsyncSession, conversation: UUID) -> Case | None:
    return await session.scalar(
        select(Case)
        .where(Case.conversation_id == conversation)
        .order_by(Case.created_at.desc())
        .limit(1)
    )


async def list_cases(
    session: AsyncSession, access: Access, *, before: str | None, limit: int
) -> Sequence[CaseRow]:
    """In the caller's scope, newest first; `before` is the number that ended the last page."""
    query = _rows(access).order_by(Case.created_at.desc(), Case.number.desc()).limit(limit)
    if before is not None:
        last = (await session.execute(_rows(access).where(Case.number == before))).one_or_none()
        if last is None:
            raise NotFoundError("unknown_number")
        shown: Case = last[0]
        query = query.where(
            tuple_(Case.created_at, Case.number) < tuple_(shown.created_at, shown.number)
        )
    return [CaseRow(case, unit, site) for case, unit, site in await session.execute(query)]


async def get_case(session: AsyncSession, access: Access, case_id: UUID) -> CaseRow:
    found = (await session.execute(_rows(access).where(Case.id == case_id))).one_or_none()
    if found is None:
        raise NotFoundError("unknown_case")
    return CaseRow(*found)


def _rows(access: Access):  # type: ignore[no-untyped-def] # the row type is what select() infers
    return (
        select(Case, Unit.name, Site.name)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Site, Site.id == Case.site_id)
        .where(Case.unit_path.startswith(access.unit_path, autoescape=True))
    )


async def _register(
    session: AsyncSession,
    conversation: Conversation,
    draft: Draft,
    facts: dict[str, Fact],
    at: datetime,
) -> Case:
    values, masked = values_of(session, facts), masked_values_of(session, facts)
    unit = await _unit_of(session, conversation)
    sequence = (await session.scalars(select(CASE_NUMBERS.next_value()))).one()
    case = Case(
        organisation_id=conversation.organisation_id,
        unit_id=unit.id,
        unit_path=unit.path,
        conversation_id=conversation.id,
        draft_id=draft.id,
        site_id=conversation.site_id,
        person_id=await _person_of(session, conversation, values),
        number=registration_number(day_in_china(at), sequence),
        query_code_sealed=seal(session, _new_query_code()),
        type=values.get("type", UNKNOWN_TYPE),
        matter=values.get("matter", UNKNOWN_MATTER),
        summary_sealed=seal(session, masked["what"][:SUMMARY_CHARACTERS]),
        where_sealed=seal(session, masked["where"]),
        created_at=at,
    )
    session.add(case)
    await session.flush()
    return case


async def _unit_of(session: AsyncSession, conversation: Conversation) -> Unit:
    """The conversation's unit: whoever may read the one may read the other."""
    found = await session.scalars(select(Unit).where(Unit.path == conversation.unit_path))
    return found.one()


async def _person_of(
    session: AsyncSession, conversation: Conversation, values: dict[str, str]
) -> UUID | None:
    phone = values["contact"]
    if phone == ANONYMOUS:
        return None
    person = await person_with_phone(
        session, conversation.organisation_id, phone=phone, name=values.get("name")
    )
    return person.id


def _new_query_code() -> str:
    return "".join(secrets.choice(QUERY_CODE_ALPHABET) for _ in range(QUERY_CODE_LENGTH))
