"""Cases for staff, and filing for the actions process."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.access.views import Staff, service_only
from backend_api.audit.service import record, record_look
from backend_api.cases import service
from backend_api.cases.purposes import basis_text, purpose_text
from backend_api.cases.schemas import (
    ActionCall,
    CaseField,
    CaseFile,
    CaseItem,
    CaseList,
    CaseProcessing,
    CaseRead,
    Filed,
    Opened,
    Unmask,
    Unmasked,
)
from backend_api.cases.service import CaseRow
from backend_api.conversations.service import lock_conversation
from backend_api.core.clock import now
from backend_api.core.crypto import unseal
from backend_api.core.db import Session
from backend_api.drafts.labels import label, shown_value
from backend_api.drafts.rules import SHOWN, settled_slots
from backend_api.drafts.service import (
    added_to,
    cancel_draft,
    current_facts,
    masked_values_of,
    park_open_draft,
)
from backend_api.drafts.service import (
    open_parked as open_parked_of,
)
from backend_api.files.service import files_of_case

router = APIRouter(prefix="/v1/cases", tags=["cases"])
actions = APIRouter(
    prefix="/v1/internal", dependencies=[Depends(service_only)], include_in_schema=False
)


@actions.post("/cases")
async def file_case(session: Session, wanted: ActionCall) -> Filed:
    conversation = await lock_conversation(session, wanted.conversation)
    case = await service.file_draft(session, conversation, message=wanted.message, at=now())
    return Filed(number=case.number)


@actions.post("/cases/add")
async def add_to_case(session: Session, wanted: ActionCall) -> dict[str, str]:
    conversation = await lock_conversation(session, wanted.conversation)
    await service.refuse_late(session, conversation, wanted.message)
    await service.add_to_case(session, conversation)
    return {}


@actions.post("/cases/withdraw")
async def withdraw(session: Session, wanted: ActionCall) -> dict[str, str]:
    conversation = await lock_conversation(session, wanted.conversation)
    await service.refuse_late(session, conversation, wanted.message)
    await service.withdraw_case(session, conversation)
    return {}


@actions.post("/drafts/parked")
async def open_parked(session: Session, wanted: ActionCall) -> Opened:
    """Go on with a matter that was told beside another, as far as it need not be asked."""
    conversation = await lock_conversation(session, wanted.conversation)
    await service.refuse_late(session, conversation, wanted.message)
    known = await open_parked_of(session, conversation.id, at=now())
    return Opened(settled=settled_slots(known) if known is not None else None)


@actions.post("/drafts/park")
async def park(session: Session, wanted: ActionCall) -> dict[str, str]:
    conversation = await lock_conversation(session, wanted.conversation)
    await service.refuse_late(session, conversation, wanted.message)
    await park_open_draft(session, conversation.id)
    return {}


@actions.post("/drafts/cancel")
async def cancel(session: Session, wanted: ActionCall) -> dict[str, str]:
    conversation = await lock_conversation(session, wanted.conversation)
    await service.refuse_late(session, conversation, wanted.message)
    await cancel_draft(session, conversation.id)
    return {}


@router.get("")
async def list_cases(
    session: Session,
    access: Staff,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(pattern=r"^[0-9]{1,20}$")] = None,
) -> CaseList:
    rows = await service.list_cases(session, access, before=before, limit=limit)
    await record_look(
        session,
        access.actor,
        "cases.listed",
        access.of_lists,
        (row.case.id for row in rows),
        at=now(),
        before=before or "",
    )
    items = [_item(session, row) for row in rows]
    return CaseList(items=items, next=items[-1].number if len(items) == limit else None)


@router.get("/{case_id}")
async def read_case(session: Session, access: Staff, case_id: UUID) -> CaseRead:
    row = await service.get_case(session, access, case_id)
    record(session, access.actor, "case.viewed", service.subject_of(row.case))
    facts = await current_facts(session, row.case.draft_id)
    masked = masked_values_of(session, facts)
    fields = [
        CaseField(
            field=name,
            label=label(name),
            value=shown_value(name, masked[name]),
            source_seq=facts[name].source_seq,
            how=facts[name].how,
        )
        for name in (*SHOWN, "type", "matter")
        if name in masked
    ]
    item = _item(session, row)
    return CaseRead(
        **item.model_dump(),
        conversation=await service.transcript_of(session, row.case),
        person=row.case.person_id,
        fields=fields,
        added=[unseal(session, one.masked_sealed) for one in await added_to(session, row.case.id)],
        files=[
            CaseFile(id=file_id, kind=kind, source_seq=seq)
            for file_id, kind, seq in await files_of_case(session, row.case.id)
        ],
        processing=[
            CaseProcessing(
                purpose=purpose, basis=basis, label=purpose_text(purpose), why=basis_text(basis)
            )
            for purpose, basis in row.case.processing.items()
        ],
    )


@router.post("/{case_id}/unmask")
async def unmask(session: Session, access: Staff, case_id: UUID, wanted: Unmask) -> Unmasked:
    """Name and number readable, for a person with an account and a reason; both are recorded."""
    row = await service.get_case(session, access, case_id)
    return Unmasked(values=await service.unmask(session, row.case, access, reason=wanted.reason))


def _item(session: AsyncSession, row: CaseRow) -> CaseItem:
    case = row.case
    return CaseItem(
        id=case.id,
        number=case.number,
        type=case.type,
        matter=case.matter,
        summary=unseal(session, case.summary_sealed),
        where=unseal(session, case.where_sealed),
        unit=row.unit,
        site=row.site,
        status=case.status,
        registered_at=case.created_at,
    )
