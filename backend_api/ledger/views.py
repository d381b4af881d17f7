"""The ledger for staff: the file, and the counts."""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from backend_api.access.views import Staff
from backend_api.audit.service import record
from backend_api.core.clock import day_in_china, now
from backend_api.core.db import Session
from backend_api.ledger import service
from backend_api.ledger.files import MEDIA_TYPES
from backend_api.ledger.schemas import Counts, Wanted, WantedFile
from backend_api.ledger.writing import written

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])


@router.get("", response_class=StreamingResponse)
async def export_ledger(
    request: Request,
    session: Session,
    access: Staff,
    wanted: Annotated[WantedFile, Query()],
) -> StreamingResponse:
    """All cases that match, oldest first, masked unless a reason is given. Sent while it is read:
    a file that breaks off was not finished, and the audit has no `ledger.exported` of it."""
    export = await service.begin_export(
        session, access, wanted.filters(), actor=access.actor, reason=wanted.unmask
    )
    name = f"hualiao-{day_in_china(now()):%Y%m%d}.{wanted.form}"
    return StreamingResponse(
        _in_turn(
            request.app.state.exports, written(request.app.state.sessions, export, wanted.form)
        ),
        media_type=MEDIA_TYPES[wanted.form],
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
            # Said, so that nothing on the way packs it again: that would be done between requests.
            "content-encoding": "identity",
        },
    )


async def _in_turn(
    exports: anyio.CapacityLimiter, pieces: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """A few at a time; the next one waits with its answer begun."""
    async with exports:
        async for piece in pieces:
            yield piece


@router.get("/counts")
async def count_ledger(
    session: Session, access: Staff, wanted: Annotated[Wanted, Query()]
) -> Counts:
    filters = wanted.filters()
    found = await service.count_cases(session, access, filters)
    record(session, access.actor, "ledger.counted", access.of_lists, **filters.details())
    return Counts.model_validate(found, from_attributes=True)
