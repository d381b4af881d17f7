"""The ledger: all cases of a scope, in batches and counted.

Whose cases they may be is decided in `cases.service.visible_cases` alone. What is more left out
here: cases in whose conversation something was set aside as a possible state secret.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Uuid,
    any_,
    case,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from backend_api.access.rules import Role
from backend_api.access.service import Access
from backend_api.audit.service import Actor, Subject, record
from backend_api.cases.models import Case
from backend_api.cases.service import visible_cases
from backend_api.conversations.models import Conversation, Message
from backend_api.core.clock import CHINA
from backend_api.core.crypto import Keyring
from backend_api.core.db import Sessions
from backend_api.core.errors import ForbiddenError, NotFoundError
from backend_api.core.ids import new_id
from backend_api.drafts.models import Draft, Fact
from backend_api.drafts.rules import PERSONAL_FIELDS, DraftStatus
from backend_api.ledger.rules import COLUMNS, ExportReason, Filters
from backend_api.ledger.words import shown
from backend_api.organisation.models import Site, Unit

# Cases at a time: what is held in memory, and how often the audit of unmasking commits.
BATCH = 500
ACCOUNT, ADDED = "what", "added"
_OFFSET = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Export:
    """One ledger on its way to one person. `path`: of the unit whose cases are wanted."""

    id: UUID
    access: Access
    actor: Actor
    filters: Filters
    path: str
    reason: ExportReason | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some cases as they are stored: opening them takes processor time, and no database."""

    cases: Sequence[Row[Any]]
    facts: Mapping[UUID, Sequence[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Count:
    key: str
    count: int


async def begin_export(
    session: AsyncSession,
    access: Access,
    filters: Filters,
    *,
    actor: Actor,
    reason: ExportReason | None = None,
) -> Export:
    """Checks that they may, and writes it down: committed before the first row leaves."""
    if reason is not None:
        _refuse_unmasking(access)
    path = await _path_of(session, access, filters.unit)
    export = Export(new_id(), access, actor, filters, path, reason)
    _note(session, export, "ledger.export_begun", **({"unmask": reason} if reason else {}))
    return export


async def batches(sessions: Sessions, export: Export) -> AsyncIterator[Batch]:
    """In the order of registration, over a cursor of the database: memory stays the same however
    many there are. What is sealed or set aside meanwhile is left out from there on."""
    count = 0
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(sessions.begin())
        found = await session.stream(_exported(export), execution_options={"yield_per": BATCH})
        async for part in found.partitions():
            cases = await _still_visible(session, export, part)
            if export.reason is not None:
                await _note_unmasking(sessions, export, cases)
            count += len(cases)
            yield Batch(cases, await _facts_of(session, cases, unmask=export.reason is not None))
    async with sessions.begin() as session:
        _note(session, export, "ledger.exported", count=str(count))


def rows_of(batch: Batch, keyring: Keyring) -> list[list[str]]:
    """Readable rows in the order of the columns. Pure work: for a thread of its own."""
    return [_row(one, batch.facts, keyring) for one in batch.cases]


async def count_cases(
    session: AsyncSession, access: Access, filters: Filters
) -> dict[str, list[Count]]:
    """How many cases by matter, unit, channel and month of registration, most first."""
    path = await _path_of(session, access, filters.unit)
    month = func.to_char(func.timezone(_OFFSET, Case.created_at), "YYYY-MM")
    kinds: dict[str, Any] = {
        "matter": Case.matter,
        "unit": Unit.name,
        "channel": Conversation.channel,
        "month": month,
    }
    wanted = _matching(access, filters, path).where(~_holds_a_secret())
    return {name: await _counted(session, wanted, key) for name, key in kinds.items()}


def _refuse_unmasking(access: Access) -> None:
    """A whole list is readable for administrators with an account, and no report for anybody."""
    if access.account_id is None:
        raise ForbiddenError("account_needed")
    if access.reads_reports:
        raise ForbiddenError("sealed_case")
    if access.role is not Role.ADMINISTRATOR:
        raise ForbiddenError("unmasked_ledger")


async def _path_of(session: AsyncSession, access: Access, unit: UUID | None) -> str:
    if unit is None:
        return access.unit_path
    path = await session.scalar(select(Unit.path).where(Unit.id == unit))
    if path is None or not path.startswith(access.unit_path):
        raise NotFoundError("unknown_unit")
    return path


def _matching(access: Access, filters: Filters, path: str) -> Select[*tuple[Any, ...]]:
    query = visible_cases(access).join(Conversation, Conversation.id == Case.conversation_id)
    return query.where(*_conditions(filters, path))


def _conditions(filters: Filters, path: str) -> list[ColumnElement[bool]]:
    found = [Case.unit_path.startswith(path, autoescape=True)]
    if filters.first_day is not None:
        found.append(Case.created_at >= _begins(filters.first_day))
    if filters.last_day is not None:
        found.append(Case.created_at < _begins(filters.last_day) + timedelta(days=1))
    if filters.matter is not None:
        found.append(Case.matter == filters.matter)
    if filters.state is not None:
        found.append(Case.status == filters.state)
    if filters.channel is not None:
        found.append(Conversation.channel == filters.channel)
    return found


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def _exported(export: Export) -> Select[*tuple[Any, ...]]:
    columns = (
        Case.id,
        Case.draft_id,
        Case.person_id,
        Case.unit_path,
        Case.number,
        Case.created_at,
        Case.status,
        Case.type,
        Case.matter,
        Unit.name.label("unit"),
        Site.name.label("site"),
        Conversation.channel,
        Case.summary_sealed,
        Case.where_sealed,
    )
    query = _matching(export.access, export.filters, export.path)
    # Ids grow with time: the primary key is the order, and nothing is sorted.
    return query.with_only_columns(*columns, maintain_column_froms=True).order_by(Case.id)


def _holds_a_secret() -> ColumnElement[bool]:
    return exists().where(Message.conversation_id == Case.conversation_id, Message.quarantined)


def _among(
    column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None], ids: Iterable[UUID]
) -> ColumnElement[bool]:
    """One array: hundreds of parameters took longer to write down than to look up."""
    return column == any_(literal(list(ids), ARRAY(Uuid())))


async def _still_visible(
    session: AsyncSession, export: Export, part: Sequence[Row[Any]]
) -> Sequence[Row[Any]]:
    query = visible_cases(export.access).where(
        _among(Case.id, [one.id for one in part]), ~_holds_a_secret()
    )
    ids = set(await session.scalars(query.with_only_columns(Case.id, maintain_column_froms=True)))
    return [one for one in part if one.id in ids]


async def _facts_of(
    session: AsyncSession, cases: Sequence[Row[Any]], *, unmask: bool
) -> dict[UUID, list[tuple[str, bytes]]]:
    """Of each case: field and sealed value, of the account and of what was added to it later."""
    owners = {one.draft_id: one.id for one in cases}
    sealed = _readable() if unmask else Fact.masked_sealed
    own = select(Fact.draft_id, Fact.field, sealed).where(
        _among(Fact.draft_id, owners), Fact.superseded_at.is_(None)
    )
    added = (
        select(Draft.case_id, Fact.masked_sealed)
        .join(Fact, Fact.draft_id == Draft.id)
        .where(
            _among(Draft.case_id, owners.values()),
            Draft.status == DraftStatus.ADDED,
            Fact.field == ACCOUNT,
            Fact.superseded_at.is_(None),
        )
        .order_by(Draft.created_at)
    )
    facts: dict[UUID, list[tuple[str, bytes]]] = {one.id: [] for one in cases}
    for draft, field, value in await session.execute(own):
        facts[owners[draft]].append((field, value))
    for case_id, value in await session.execute(added):
        if case_id is not None:
            facts[case_id].append((ADDED, value))
    return facts


def _readable() -> ColumnElement[bytes]:
    """Names and numbers as they were given; free text stays masked, as on the page of a case."""
    return case((Fact.field.in_(PERSONAL_FIELDS), Fact.value_sealed), else_=Fact.masked_sealed)


def _row(
    one: Row[Any], facts: Mapping[UUID, Sequence[tuple[str, bytes]]], keyring: Keyring
) -> list[str]:
    values = {
        "number": one.number,
        "registered": f"{one.created_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "status": one.status,
        "unit": one.unit,
        "site": one.site or "",
        "channel": one.channel,
    }
    for field, sealed in facts.get(one.id, ()):
        text = keyring.open(sealed)
        values[field] = f"{values[field]}\n{text}" if field == ADDED and ADDED in values else text
    values |= {"type": one.type, "matter": one.matter}
    for field, sealed in (("what", one.summary_sealed), ("where", one.where_sealed)):
        if field not in values:
            values[field] = keyring.open(sealed)
    return [shown(column, values.get(column, "")) for column in COLUMNS]


async def _counted(
    session: AsyncSession, wanted: Select[*tuple[Any, ...]], key: Any
) -> list[Count]:
    number = func.count().label("number")
    query = wanted.with_only_columns(key.label("key"), number, maintain_column_froms=True)
    found = await session.execute(query.group_by(key).order_by(number.desc(), key))
    return [Count(str(one.key), one.number) for one in found]


def _note(session: AsyncSession, export: Export, action: str, **details: str) -> None:
    """Of discipline officers no office reads how much they saw: their lists have no path."""
    subject = export.access.of_lists
    if export.filters.unit is not None and subject.unit_path is not None:
        subject = replace(subject, id=export.filters.unit, unit_path=export.path)
    details = {"export": str(export.id), **export.filters.details(), **details}
    record(session, export.actor, action, subject, **details)


async def _note_unmasking(sessions: Sessions, export: Export, cases: Sequence[Row[Any]]) -> None:
    """As for one case: of the case, and of the person whose number it is. Committed before the
    rows are sent, since nothing takes them back."""
    about = {"reason": str(export.reason), "export": str(export.id)}
    async with sessions.begin() as session:
        for one in cases:
            of_case = Subject("case", one.id, one.unit_path)
            record(session, export.actor, "case.unmasked", of_case, **about)
            if one.person_id is not None:
                person = Subject("person", one.person_id, one.unit_path)
                record(session, export.actor, "person.shown", person, case=str(one.id), **about)
