"""The case list and the case page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui

from console import clock
from console.frame import sheet, title
from console.pages.unmasking import Unmasking
from console.session import Desk, text, word
from console.told import ToldPlainly
from console.transcript import TranscriptView
from console.values import Case, CaseField, CaseRow

COLUMNS = ("number", "type", "matter", "summary", "where", "status", "registered_at")
NUMBER_CELL = '<q-td :props="props"><a :href="props.row.link">{{ props.value }}</a></q-td>'
SUMMARY_CELL = '<q-td :props="props"><div class="summary">{{ props.value }}</div></q-td>'
STATUS_CELL = '<q-td :props="props"><span class="badge status">{{ props.value }}</span></q-td>'


def register(desk: Desk) -> None:
    @ui.page("/", response_timeout=20)
    async def cases() -> None:
        with sheet(desk, text("cases.heading"), here="cases"), again_if_empty():
            async with ToldPlainly():
                page = await desk.api.cases()
                CaseList(desk).start(page.items, page.next)

    @ui.page("/cases/{case_id}", response_timeout=20)
    async def case(case_id: str) -> None:
        with sheet(desk, text("cases.heading"), here="cases"), again_if_empty():
            async with ToldPlainly():
                found = await desk.api.case(case_id)
                ui.page_title(text("case.heading", number=found.row.number))
                await show_case(desk, found)


@contextmanager
def again_if_empty() -> Iterator[None]:
    """Where nothing could be read (the reason is told above it): a way to try once more."""
    with ui.column().style("width: 100%; gap: 14px") as body:
        yield
        if not body.default_slot.children:
            again = ui.button(text("cases.refresh"), on_click=ui.navigate.reload)
            again.props("outline no-caps")


class CaseList:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.next: str | None = None
        with ui.row().classes("head"):
            title(text("cases.heading"))
            self.count = ui.label("").classes("soft")
            ui.space()
            refresh = ui.button(text("cases.refresh"), on_click=ui.navigate.reload)
            refresh.props("flat no-caps")
        self.table = ui.table(columns=[column(name) for name in COLUMNS], rows=[], row_key="id")
        self.table.classes("cases").props(f'flat no-data-label="{text("cases.empty")}" wrap-cells')
        self.table.add_slot("body-cell-number", NUMBER_CELL)
        self.table.add_slot("body-cell-summary", SUMMARY_CELL)
        self.table.add_slot("body-cell-status", STATUS_CELL)
        self.more = ui.button(text("cases.more"), on_click=self.load_more).props("outline no-caps")

    def start(self, items: tuple[CaseRow, ...], following: str | None) -> None:
        self.table.add_rows([cells(item) for item in items])
        self.next = following
        self.more.set_visibility(following is not None)
        self.count.set_text(text("cases.shown", count=len(self.table.rows)))

    async def load_more(self) -> None:
        async with ToldPlainly():
            page = await self.desk.api.cases(self.next)
            self.start(page.items, page.next)


def column(name: str) -> dict[str, Any]:
    return {"name": name, "label": text(f"cases.{name}"), "field": name, "align": "left"}


def cells(row: CaseRow) -> dict[str, str]:
    return {
        "id": row.id,
        "link": f"/cases/{row.id}",
        "number": row.number,
        "type": word("type", row.type),
        "matter": row.matter,
        "summary": row.summary,
        "where": row.where,
        "status": word("status", row.status),
        "registered_at": clock.stamp(row.registered_at),
    }


async def show_case(desk: Desk, case: Case) -> None:
    with ui.row().classes("head"):
        title(text("case.heading", number=case.row.number))
        ui.label(word("status", case.row.status)).classes("badge status")
        ui.space()
        ui.link(text("case.back"), "/")
    ui.label(" · ".join(filter(None, about(case.row)))).classes("soft")
    with ui.element("div").classes("columns"):
        with ui.column().classes("panel"):
            title(text("case.fields"), 2)
            masked = show_fields(case.fields)
            if masked:
                Unmasking(desk, case.row.id, masked)
            show_added(case.added)
            show_processing(case.processing)
        with ui.column().classes("panel"):
            await show_transcript(desk, case.conversation)


def about(row: CaseRow) -> tuple[str, ...]:
    kind = word("type", row.type)
    return kind, row.matter, row.unit, row.site, clock.stamp(row.registered_at)


def show_fields(fields: tuple[CaseField, ...]) -> dict[str, ui.label]:
    """Where each masked value stands."""
    masked = {}
    if not fields:
        ui.label(text("case.no_fields")).classes("soft")
    with ui.element("dl").classes("facts"):
        for field in fields:
            with ui.element("dt"):
                ui.label(field.label)
            with ui.element("dd").props(f"data-field={field.field}"):
                value = ui.label(field.value)
                show_origin(field)
            if field.is_masked:
                masked[field.field] = value
    return masked


def show_added(accounts: tuple[str, ...]) -> None:
    """What was told after filing, in order."""
    if accounts:
        title(text("case.added"), 2)
    for account in accounts:
        ui.label(account).classes("words")


def show_processing(processing: tuple[tuple[str, str], ...]) -> None:
    """For what personal data is used here, and what allows it."""
    if not processing:
        return
    title(text("case.processing"), 2)
    with ui.element("dl").classes("facts"):
        for purpose, basis in processing:
            with ui.element("dt"):
                ui.label(purpose)
            with ui.element("dd"):
                ui.label(basis)


def show_origin(field: CaseField) -> None:
    with ui.element("span").classes("origin"):
        if field.source_seq is not None:
            ui.link(text("case.source", seq=field.source_seq), f"#m{field.source_seq}")
        if field.how:
            ui.label(word("how", field.how))


async def show_transcript(desk: Desk, conversation: str) -> None:
    with ui.row().classes("head"):
        title(text("case.transcript"), 2)
        ui.space()
        if conversation:
            ui.link(text("case.open_conversation"), f"/conversations/{conversation}")
    if not conversation:
        ui.label(text("case.no_transcript")).classes("soft")
        return
    view = TranscriptView()
    async with ToldPlainly():
        await view.catch_up(desk.api, conversation)
