"""Photos and documents on their way from the api to the browser of whoever is signed in."""

from uuid import UUID

from fastapi import Request, Response
from nicegui import app

from console.api import Api, ApiError
from console.session import Desk, token

# What the api says of a file, passed on: a download, and never a page of ours.
KEPT = ("content-type", "content-disposition", "content-security-policy", "cache-control")


def register(desk: Desk) -> None:
    @app.get("/files/{conversation}/{file}")
    async def whole(request: Request, conversation: UUID, file: UUID) -> Response:
        return await fetched(desk, request, conversation, file)

    @app.get("/files/{conversation}/{file}/thumbnail")
    async def small(request: Request, conversation: UUID, file: UUID) -> Response:
        return await fetched(desk, request, conversation, file, is_small=True)

    del whole, small


async def fetched(
    desk: Desk, request: Request, conversation: UUID, file: UUID, *, is_small: bool = False
) -> Response:
    """Whether somebody may see it, the api decides."""
    key = token()
    if key is None:
        return Response(status_code=401)
    origin = request.client.host if request.client else ""
    try:
        answer = await Api(desk.http, key, origin).file(conversation, file, small=is_small)
    except ApiError as exc:
        return Response(status_code=exc.status or 503)
    headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
    return Response(answer.content, headers=headers | {"x-content-type-options": "nosniff"})
