"""Sites for staff: how often their codes were opened, and the posters to print."""

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend_api.access.views import Administrator, Staff
from backend_api.core.db import Session
from backend_api.core.errors import GoneError
from backend_api.sites import service
from backend_api.sites.poster import MEDIA_TYPES, Form, Place, Size, poster
from backend_api.sites.rules import page_address
from backend_api.sites.schemas import SiteItem, SiteList, SiteWanted

router = APIRouter(prefix="/v1/sites", tags=["sites"])


@router.get("")
async def list_sites(session: Session, access: Staff) -> SiteList:
    """Those of the caller's unit and below, oldest first; withdrawn ones too."""
    rows = await service.list_sites(session, access.unit_path)
    return SiteList(items=[SiteItem.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def add_site(session: Session, access: Administrator, wanted: SiteWanted) -> SiteItem:
    row = await service.add_site_for(
        session, access, name=wanted.name, place=wanted.place, unit=wanted.unit
    )
    return SiteItem.model_validate(row)


@router.post("/{code}/withdraw")
async def withdraw(session: Session, access: Administrator, code: str) -> SiteItem:
    """No conversation begins there any more; those under way go on."""
    return SiteItem.model_validate(await service.withdraw_for(session, access, code))


@router.get("/{code}/poster", response_class=Response)
async def print_poster(
    request: Request,
    session: Session,
    access: Staff,
    code: str,
    size: Size = Size.A4,
    form: Form = Form.PDF,
) -> Response:
    """Ready to print. 410 for a code that was withdrawn: nobody shall hang it up again."""
    site = await service.get_site(session, access, code)
    if not site.active:
        raise GoneError("poster_withdrawn")
    base = request.app.state.settings.public_url or str(request.base_url)
    place = Place(site.name, site.place, page_address(base, site.code))
    content = await anyio.to_thread.run_sync(lambda: poster(place, size=size, form=form))
    name = f"hualiao-{site.code}-{size}.{form}"
    return Response(
        content,
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
