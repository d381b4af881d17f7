"""Reading the audit: who did what to one row. For administrators, of what is sealed for those who
read reports on officials instead; and itself audited."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend_api.access.schemas import AuditItem, AuditList
from backend_api.access.views import Auditor
from backend_api.audit.models import AuditEntry
from backend_api.audit.service import Reader, Subject, history_of, record
from backend_api.core.db import Session

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("")
async def read_history(
    session: Session,
    access: Auditor,
    subject: UUID,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> AuditList:
    """What was done to a case, a conversation, a person, an account, newest first.

    Of a person: in which cases the number or the name was shown to whom, and why.
    """
    reader = Reader(access.unit_path, sealed=access.reads_reports)
    entries = await history_of(session, subject, reader, before=before, limit=limit)
    of_what = Subject("subject", subject, access.unit_path)
    record(session, access.actor, "audit.read", of_what, count=str(len(entries)))
    following = entries[-1].id if len(entries) == limit else None
    return AuditList(items=[_shown(one) for one in entries], next=following)


def _shown(entry: AuditEntry) -> AuditItem:
    return AuditItem(
        id=entry.id,
        at=entry.created_at,
        actor_kind=entry.actor_kind,
        actor=entry.actor_id,
        action=entry.action,
        subject_kind=entry.subject_kind,
        details=entry.details,
    )
