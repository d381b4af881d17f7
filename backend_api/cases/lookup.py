"""A case shown by its number and query code: to whoever has both, and guessed by nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.audit.models import AuditEntry
from backend_api.audit.service import Actor, Subject, record
from backend_api.cases.models import Case
from backend_api.conversations.models import Conversation
from backend_api.core.crypto import unseal

REFUSED = "case.code_refused"
WITHIN = timedelta(hours=1)
# A whole housing estate may sit behind one address, a whole city behind a program. One guess in
# 31^8 hits: at this pace a case is found in some 400,000 years.
MOST_OF_AN_ORIGIN = 20
MOST_OF_A_CLIENT = 200
# Hexadecimal digits of the origin's keyed fingerprint.
FINGERPRINT = 16
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtextextended(:caller, 0))")


@dataclass(frozen=True, slots=True)
class Looked:
    """`too_many`: so many wrong ones came from there that none is looked at for a while."""

    case: Case | None = None
    too_many: bool = False


async def case_by_code(
    session: AsyncSession, conversation: Conversation, *, number: str, code: str, at: datetime
) -> Looked:
    """The case of the conversation's organisation with this number and code.

    A wrong number and a wrong code are the same to the citizen. Wrong ones are written down, and
    counted for where they come from: a new conversation starts no new count.
    """
    caller, most = _caller(conversation)
    await session.execute(_ONE_AFTER_THE_OTHER, {"caller": caller})
    if await _refused(session, caller, since=at - WITHIN) >= most:
        return Looked(too_many=True)
    case = await session.scalar(
        select(Case).where(
            Case.organisation_id == conversation.organisation_id, Case.number == number
        )
    )
    if case is not None and _is_right(unseal(session, case.query_code_sealed), code):
        return Looked(case)
    subject = Subject("case", *((case.id, case.unit_path) if case else (None, None)))
    record(session, Actor("citizen", caller), REFUSED, subject, conversation=str(conversation.id))
    return Looked()


def _is_right(code: str, shown: str) -> bool:
    return compare_digest(code.encode(), shown.lower().encode())


def _caller(conversation: Conversation) -> tuple[str, int]:
    """Where it comes from, and how many wrong ones may."""
    if conversation.origin_index is not None:
        return conversation.origin_index.hex()[:FINGERPRINT], MOST_OF_AN_ORIGIN
    return str(conversation.client_id), MOST_OF_A_CLIENT


async def _refused(session: AsyncSession, caller: str, *, since: datetime) -> int:
    count = await session.scalar(
        select(func.count())
        .select_from(AuditEntry)
        .where(
            AuditEntry.actor_id == caller,
            AuditEntry.action == REFUSED,
            AuditEntry.created_at > since,
        )
    )
    return count or 0
