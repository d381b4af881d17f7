"""An address that leads nowhere, told plainly and with a way on."""

from fastapi import Request, Response
from nicegui import app, ui
from nicegui.client import Client
from nicegui.page import page

from console.frame import dress, title
from console.session import Desk, text


def register(_: Desk) -> None:
    @app.exception_handler(404)
    async def not_found(request: Request, _: Exception) -> Response:
        with Client(page(""), request=request) as client:
            dress(text("not_found.heading"))
            with ui.column().classes("panel small"):
                title(text("not_found.heading"))
                ui.label(text("not_found.why")).classes("soft")
                ui.link(text("not_found.go"), "/")
        return client.build_response(request, 404)
