"""A case's number and name, readable for a stated reason, which the api writes down."""

from collections.abc import Mapping

from nicegui import ui

from console.session import Desk, text, word
from console.told import ToldPlainly

REASONS = ("contact", "verify", "emergency", "legal_duty")


class Unmasking:
    """The button below the fields. What it shows is masked again once the page is left."""

    def __init__(self, desk: Desk, case_id: str, masked: Mapping[str, ui.label]) -> None:
        self.desk = desk
        self.case_id = case_id
        self.masked = masked
        with ui.row().classes("unmasking"):
            called = text("unmask.show" if "contact" in masked else "unmask.show_name")
            self.button = ui.button(called, on_click=self.show)
            self.button.props("outline no-caps")
            self.note = ui.label(text("unmask.recorded")).classes("soft").props('role="status"')

    async def show(self) -> None:
        reason = await asked_reason()
        if reason is None:
            return
        async with ToldPlainly():
            values = await self.desk.api.unmask(self.case_id, reason)
            for field in self.masked.keys() & values.keys():
                self.masked[field].set_text(values[field])
            self.button.set_visibility(False)
            self.note.set_text(text("unmask.shown", reason=word("unmask_reason", reason)))


async def asked_reason() -> str | None:
    """One of the reasons, or nothing where the person thinks better of it."""
    with ui.dialog() as dialog, ui.card().classes("ask"):
        ui.label(text("unmask.why")).classes("question")
        choice = ui.radio({reason: word("unmask_reason", reason) for reason in REASONS})
        ui.label(text("unmask.recorded")).classes("soft")
        with ui.row():
            yes = ui.button(text("unmask.go"), on_click=lambda: dialog.submit(choice.value))
            yes.props("unelevated no-caps").bind_enabled_from(choice, "value", backward=bool)
            no = ui.button(text("unmask.cancel"), on_click=lambda: dialog.submit(None))
            no.props("flat no-caps")
    chosen = await dialog
    dialog.delete()
    return chosen if chosen in REASONS else None
