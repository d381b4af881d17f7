"""Filing (登记) and reading cases. Callers own the transaction."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.service import Access
from backend_api.audit.service import (
    BOT,
    CITIZEN,
    Subject,
    record,
    seal_subject,
    unseal_subject,
)
from backend_api.cases.models import CASE_NUMBERS, Case
from backend_api.cases.purposes import processing_of, rescued
from backend_api.cases.rules import (
    QUERY_CODE_ALPHABET,
    QUERY_CODE_LENGTH,
    CaseStatus,
    UnmaskReason,
    may_become,
    registration_number,
)
from backend_api.conversations.dialogue import state_of
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.rules import bot_may_speak
from backend_api.conversations.service import CardRow
from backend_api.core.clock import CHINA, day_in_china
from backend_api.core.crypto import seal, unseal
from backend_api.core.errors import ConflictError, ForbiddenError, NotFoundError
from backend_api.drafts.labels import label, shown_value
from backend_api.drafts.models import Draft, Fact
from backend_api.drafts.rules import ANONYMOUS, PERSONAL_FIELDS, DraftStatus, missing_fields
from backend_api.drafts.service import (
    add_to_case as add_draft_to_case,
)
from backend_api.drafts.service import (
    close_draft,
    current_facts,
    latest_draft,
    masked_values_of,
    values_of,
    withdraw_draft,
)
from backend_api.files.service import give_to_case
from backend_api.organisation.models import Site, Unit
from backend_api.people.service import person_with_phone

SUMMARY_CHARACTERS = 120
# The open question of a dialogue that asks whether to take a case back.
WITHDRAWAL = "withdrawal"
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
    if draft is None or draft.status is DraftStatus.WITHDRAWN:
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
    await give_to_case(session, conversation.id, case.id)
    record(session, BOT, "case.registered", subject_of(case), draft=str(draft.id))
    return case


async def unmask(
    session: AsyncSession, case: Case, access: Access, *, reason: UnmaskReason
) -> dict[str, str]:
    """The personal fields, readable. Who looked and why goes into the audit: of the case, and of
    the person, so that one question tells where a number went, whatever the case."""
    if access.account_id is None:
        raise ForbiddenError("account_needed")
    if case.sealed:
        raise ForbiddenError("sealed_case")
    if reason is UnmaskReason.EMERGENCY:
        case.processing = rescued(case.processing)
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


async def status_rows(session: AsyncSession, case: Case) -> list[CardRow]:
    """What the citizen may know of their case: where it is, and nothing of what was said."""
    unit = (await session.scalars(select(Unit.name).where(Unit.id == case.unit_id))).one()
    values = {
        "number": case.number,
        "matter": case.matter,
        "registered": f"{case.created_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "unit": unit,
        "status": shown_value("status", case.status),
    }
    return [
        CardRow(field=field, label=label(field), value=value, masked=value)
        for field, value in values.items()
    ]


async def withdraw_case(session: AsyncSession, conversation: Conversation) -> None:
    """The citizen takes back the case that was shown here with the question whether to.

    Doing so again changes nothing. `conversation` is locked.
    """
    state = state_of(conversation.state)
    if state.asking != WITHDRAWAL or not state.case:
        raise ConflictError("outdated")
    case = await session.get_one(Case, UUID(state.case), with_for_update=True)
    if case.status is CaseStatus.WITHDRAWN:
        return
    if not may_become(case.status, CaseStatus.WITHDRAWN):
        raise ConflictError("wrong_status", status=case.status, wanted=CaseStatus.WITHDRAWN)
    case.status = CaseStatus.WITHDRAWN
    await withdraw_draft(session, case.draft_id)
    record(session, CITIZEN, "case.withdrawn", subject_of(case), conversation=str(conversation.id))


async def add_to_case(session: AsyncSession, conversation: Conversation) -> None:
    """What was told after filing belongs to the case filed last here (locked); safe to repeat.

    A report on an official seals the case that it is added to.
    """
    case = await latest_case(session, conversation.id)
    if case is None or case.status is CaseStatus.WITHDRAWN:
        raise ConflictError("outdated")
    if conversation.sealed and not case.sealed:
        case.sealed, case.person_id = True, None
        await seal_subject(session, case.id)
    await give_to_case(session, conversation.id, case.id)
    if await add_draft_to_case(session, conversation.id, case.id):
        record(session, BOT, "case.added_to", subject_of(case))


async def unseal_cases(session: AsyncSession, conversation: UUID) -> Sequence[Case]:
    """Those filed here are plain cases again, as if they had never been reports."""
    found = await session.scalars(
        select(Case)
        .where(Case.conversation_id == conversation, Case.sealed.is_(True))
        .with_for_update()
    )
    cases = found.all()
    for case in cases:
        values = values_of(session, await current_facts(session, case.draft_id))
        case.sealed, case.processing = False, processing_of(values, sealed=False)
        case.person_id = await _person_with(session, case.organisation_id, values)
        await unseal_subject(session, case.id)
    return cases


async def case_of_conversation(session: AsyncSession, conversation: Conversation) -> Case | None:
    """The case that was shown by its code here, else the one that was filed here last."""
    if shown := state_of(conversation.state).case:
        return await session.get(Case, UUID(shown))
    return await latest_case(session, conversation.id)


async def list_cases(
    session: AsyncSession, access: Access, *, before: str | None, limit: int
) -> Sequence[CaseRow]:
    """In the caller's scope, newest first; `before` is the number that ended the last page."""
    query = visible_cases(access).order_by(Case.created_at.desc(), Case.number.desc()).limit(limit)
    if before is not None:
        last = (
            await session.execute(visible_cases(access).where(Case.number == before))
        ).one_or_none()
        if last is None:
            raise NotFoundError("unknown_number")
        shown: Case = last[0]
        query = query.where(
            tuple_(Case.created_at, Case.number) < tuple_(shown.created_at, shown.number)
        )
    return [CaseRow(case, unit, site) for case, unit, site in await session.execute(query)]


async def get_case(session: AsyncSession, access: Access, case_id: UUID) -> CaseRow:
    found = (await session.execute(visible_cases(access).where(Case.id == case_id))).one_or_none()
    if found is None:
        raise NotFoundError("unknown_case")
    return CaseRow(*found)


async def transcript_of(session: AsyncSession, case: Case) -> UUID | None:
    """Its conversation; None where a report on an official followed there: it is need-to-know."""
    conversation = await session.get_one(Conversation, case.conversation_id)
    return conversation.id if conversation.sealed is case.sealed else None


def visible_cases(access: Access) -> Select[Case, str, str]:
    """The one place that says which cases somebody may see: of their unit and below, sealed ones
    for those who read reports and nobody else."""
    return (
        select(Case, Unit.name, Site.name)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Site, Site.id == Case.site_id)
        .where(
            Case.unit_path.startswith(access.unit_path, autoescape=True),
            Case.sealed.is_(access.reads_reports),
            literal(not access.keeps_secrets),
        )
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
        sealed=conversation.sealed,
        processing=processing_of(values, sealed=conversation.sealed),
        type=values.get("type", UNKNOWN_TYPE),
        matter=values.get("matter", UNKNOWN_MATTER),
        summary_sealed=seal(session, masked["what"][:SUMMARY_CHARACTERS]),
        where_sealed=seal(session, masked["where"]),
        created_at=at,
    )
    session.add(case)
    await session.flush()
    if case.sealed:
        await seal_subject(session, case.id)
    return case


async def _unit_of(session: AsyncSession, conversation: Conversation) -> Unit:
    """The conversation's unit: whoever may read the one may read the other."""
    found = await session.scalars(select(Unit).where(Unit.path == conversation.unit_path))
    return found.one()


async def _person_of(
    session: AsyncSession, conversation: Conversation, values: dict[str, str]
) -> UUID | None:
    # Nobody finds a report on an official by way of who made it.
    if conversation.sealed:
        return None
    return await _person_with(session, conversation.organisation_id, values)


async def _person_with(
    session: AsyncSession, organisation: UUID, values: Mapping[str, str]
) -> UUID | None:
    phone = values["contact"]
    if phone == ANONYMOUS:
        return None
    person = await person_with_phone(session, organisation, phone=phone, name=values.get("name"))
    return person.id


def _new_query_code() -> str:
    return "".join(secrets.choice(QUERY_CODE_ALPHABET) for _ in range(QUERY_CODE_LENGTH))
