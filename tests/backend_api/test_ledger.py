"""The ledger: who gets which rows, what is masked, what is written down, and harmless files."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

import anyio
import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from backend_api.access.rules import Role
from backend_api.access.service import create_token
from backend_api.audit.models import AuditEntry
from backend_api.cases.models import Case
from backend_api.conversations.models import Message
from backend_api.core.clock import day_in_china
from backend_api.core.crypto import keyring_of
from backend_api.drafts.models import Fact
from backend_api.ledger import files
from backend_api.ledger.files import Csv, Xlsx
from backend_api.ledger.rules import COLUMNS, Form, harmless
from backend_api.ledger.words import header
from bench.ledger import fill, measure
from tests.backend_api.talks import filed, reported, signed_in
from tests.backend_api.test_scopes import filed as filed_at
from tests.backend_api.test_scopes import unit_with_site
from tests.backend_api.test_several_matters import added
from tests.backend_api.test_turns import PHONE
from tests.conftest import World

pytestmark = pytest.mark.anyio
URL = "/v1/ledger"


async def get(world: World, headers: dict[str, str], **wanted: str) -> httpx.Response:
    return await world.http.get(URL, params={"format": "csv"} | wanted, headers=headers)


def rows_in(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def rows(world: World, headers: dict[str, str], **wanted: str) -> list[dict[str, str]]:
    answer = await get(world, headers, **wanted)
    assert answer.status_code == 200, answer.text
    return rows_in(answer.content)


def numbers(found: Sequence[dict[str, str]]) -> list[str]:
    return [one["登记编号"] for one in found]


async def entries(world: World, action: str) -> list[AuditEntry]:
    async with world.sessions() as session:
        found = await session.scalars(
            select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        )
        return list(found)


# ---- who gets which rows


async def test_both_files_say_the_same(world: World) -> None:
    case, headers = await filed(world, "c1"), await world.sign_in()
    (row,) = await rows(world, headers)
    assert (row["登记编号"], row["状态"], row["渠道"]) == (case.number, "已登记", "程序接口")
    assert "房东不退押金" in row["什么事"]
    answer = await get(world, headers, format="xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    first, second = sheet.to_python()
    assert dict(zip(first, second, strict=True)) == row
    assert tuple(first) == header()


async def test_names_and_numbers_are_masked(world: World) -> None:
    await filed(world, "c1")
    content = (await get(world, await world.sign_in())).text
    assert PHONE not in content
    assert "138****8000" in content


async def test_everybody_gets_the_cases_of_their_unit_and_below(world: World) -> None:
    child, _ = await unit_with_site(world, parent=world.unit)
    foreign, _ = await unit_with_site(world, parent=None)
    at = (await filed(world, "c1")).created_at
    for unit, number in ((child, "11"), (foreign, "12")):
        await filed_at(world, unit, number, at)
    above = await signed_in(world, Role.STAFF)
    below = await signed_in(world, Role.STAFF, child)
    assert len(await rows(world, above)) == 2
    assert numbers(await rows(world, below)) == ["11"]
    assert numbers(await rows(world, above, unit=str(child.id))) == ["11"]
    for unit in (world.unit, foreign):
        answer = await get(world, below, unit=str(unit.id))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_unit")


async def test_reports_are_for_those_who_read_reports_and_plain_cases_for_others(
    world: World,
) -> None:
    plain, report = await filed(world, "c1"), await reported(world, "c2")
    for role, expected in (
        (Role.STAFF, [plain.number]),
        (Role.ADMINISTRATOR, [plain.number]),
        (Role.DISCIPLINE, [report.number]),
        (Role.SECRECY, []),
    ):
        headers = await signed_in(world, role)
        assert numbers(await rows(world, headers)) == expected
        counts = (await world.http.get(f"{URL}/counts", headers=headers)).json()
        assert sum(one["count"] for one in counts["matter"]) == len(expected)


async def test_a_case_beside_a_possible_secret_is_left_out(world: World) -> None:
    case, kept = await filed(world, "c1"), await filed(world, "c2")
    async with world.sessions.begin() as session:
        first = select(Message.id).where(Message.conversation_id == case.conversation_id).limit(1)
        await session.execute(update(Message).where(Message.id.in_(first)).values(quarantined=True))
    headers = await world.sign_in()
    assert numbers(await rows(world, headers)) == [kept.number]
    counts = (await world.http.get(f"{URL}/counts", headers=headers)).json()
    assert [one["count"] for one in counts["month"]] == [1]


@pytest.mark.parametrize("url", [URL, f"{URL}/counts"])
async def test_programs_and_strangers_get_nothing(world: World, url: str) -> None:
    assert (await world.http.get(url)).status_code == 401
    assert (await world.http.get(url, headers=world.client)).status_code == 403


async def test_what_is_wanted_is_found_by_day_matter_state_and_channel(world: World) -> None:
    case, headers = await filed(world, "c1"), await world.sign_in()
    day = day_in_china(case.created_at)
    before, after = str(day - timedelta(days=1)), str(day + timedelta(days=1))
    for wanted, expected in (
        ({"from": str(day), "to": str(day)}, 1),
        ({"from": after}, 0),
        ({"to": before}, 0),
        ({"matter": case.matter}, 1),
        ({"matter": "征地拆迁"}, 0),
        ({"state": "registered"}, 1),
        ({"state": "withdrawn"}, 0),
        ({"channel": "http"}, 1),
        ({"channel": "web"}, 0),
    ):
        assert len(await rows(world, headers, **wanted)) == expected, wanted


@pytest.mark.parametrize(
    "wanted",
    [
        {"from": "昨天"},
        {"state": "受理"},
        {"matter": "13800138000"},
        {"channel": "WeChat!"},
        {"unit": "1"},
        {"format": "pdf"},
        {"unmask": "emergency"},
        {"nonsense": "1"},
    ],
)
async def test_what_makes_no_sense_is_refused(world: World, wanted: dict[str, str]) -> None:
    answer = await get(world, await world.sign_in(), **wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_what_was_added_after_filing_stands_beside_the_account(world: World) -> None:
    await filed(world, "c1")
    for words in ("物业经理姓赵", "昨天又来了"):
        await added(world, "c1", words)
    (row,) = await rows(world, await world.sign_in())
    assert row["登记后补充"].count("\n") == 1


async def test_counts_are_by_matter_unit_channel_and_month(world: World) -> None:
    case = await filed(world, "c1")
    await filed(world, "c2")
    counts = (await world.http.get(f"{URL}/counts", headers=await world.sign_in())).json()
    month = f"{day_in_china(case.created_at):%Y-%m}"
    assert counts == {
        "matter": [{"key": case.matter, "count": 2}],
        "unit": [{"key": "翠竹街道", "count": 2}],
        "channel": [{"key": "http", "count": 2}],
        "month": [{"key": month, "count": 2}],
    }


async def test_many_ledgers_at_once_wait_for_each_other_and_keep_nobody_else_waiting(
    world: World,
) -> None:
    case, headers = await filed(world, "c1"), await world.sign_in()
    others = [object(), object()]
    transport = world.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    exports: anyio.CapacityLimiter = transport.app.state.exports  # type: ignore[attr-defined]
    for one in others:
        await exports.acquire_on_behalf_of(one)
    with anyio.move_on_after(0.3) as waited:
        await get(world, headers)
    assert waited.cancelled_caught
    assert (await world.say("c2", "楼上漏水")).status_code == 202
    exports.release_on_behalf_of(others[0])
    assert numbers(await rows(world, headers)) == [case.number]


# ---- readable, and written down


async def test_an_administrator_with_a_reason_gets_it_readable_and_that_is_written_down(
    world: World,
) -> None:
    case, headers = await filed(world, "c1"), await world.sign_in()
    (row,) = await rows(world, headers, unmask="legal_duty")
    assert row["联系电话"] == PHONE
    assert PHONE not in row["什么事"]
    (unmasked,) = await entries(world, "case.unmasked")
    (shown,) = await entries(world, "person.shown")
    assert (unmasked.subject_id, shown.subject_id) == (case.id, case.person_id)
    assert unmasked.details["reason"] == shown.details["reason"] == "legal_duty"
    (begun,) = await entries(world, "ledger.export_begun")
    assert begun.details["export"] == unmasked.details["export"]
    assert begun.details["unmask"] == "legal_duty"


async def test_others_do_not_get_it_readable(world: World) -> None:
    await filed(world, "c1")
    async with world.sessions.begin() as session:
        token = await create_token(session, role=Role.STAFF, name="大屏", unit=world.unit)
    program = {"authorization": f"Bearer {token}"}
    for headers, code in (
        (await signed_in(world, Role.STAFF), "unmasked_ledger"),
        (await signed_in(world, Role.SECRECY), "unmasked_ledger"),
        (await signed_in(world, Role.DISCIPLINE), "sealed_case"),
        (program, "account_needed"),
    ):
        answer = await get(world, headers, unmask="verify")
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert await entries(world, "ledger.export_begun") == []


async def test_every_export_is_in_the_audit_of_its_unit_with_how_many_there_were(
    world: World,
) -> None:
    await filed(world, "c1")
    await rows(world, await world.sign_in(), state="registered")
    (begun,) = await entries(world, "ledger.export_begun")
    (done,) = await entries(world, "ledger.exported")
    assert (begun.unit_path, done.unit_path) == (world.unit.path, world.unit.path)
    assert done.details == begun.details | {"count": "1"}
    assert done.details["state"] == "registered"


async def test_how_many_reports_were_exported_is_told_to_no_administrator(world: World) -> None:
    await reported(world, "c1")
    await rows(world, await signed_in(world, Role.DISCIPLINE))
    (done,) = await entries(world, "ledger.exported")
    assert done.unit_path is None


# ---- harmless files


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+86 138",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =cmd|' /C calc'!A0",
        "\u3000＝1+1",
        "＋1",
        "－1",
        "＠x",
        "\u200b=1",
        "\ufeff=1",
        "\u00a0-1",
        "\u2212" + "1",
        "﹦1",
    ],
)
def test_what_a_spreadsheet_could_run_is_text(cell: str) -> None:
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize(
    "cell", ["", "楼上漏水", "138****8000", "3-2 号楼", " 缩进", "一=一", "'="]
)
def test_plain_words_are_left_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


async def test_what_a_citizen_wrote_is_harmless_in_both_files(world: World) -> None:
    case, headers = await filed(world, "c1"), await world.sign_in()
    async with world.sessions.begin() as session:
        sealed = keyring_of(session).seal('=HYPERLINK("http://x.test","点我")')
        await session.execute(
            update(Fact)
            .where(Fact.draft_id == case.draft_id, Fact.field == "what")
            .values(masked_sealed=sealed)
        )
    (row,) = await rows(world, headers)
    assert row["什么事"].startswith("'=HYPERLINK")
    content = (await get(world, headers, format="xlsx")).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python()[1][COLUMNS.index("what")].startswith("'=HYPERLINK")


def cells_of(file: Xlsx, *rows: Sequence[str]) -> list[list[object]]:
    content = file.begin() + file.add(rows) + file.end()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]


def test_any_words_come_back_out_of_an_xlsx() -> None:
    odd = ["a\nb", "<&>\"'", "_x0041_", "\x00\x1b\ud800好", "𠮷😀", "  空 格 ", "x" * 40_000]
    _, back = cells_of(Xlsx(["列"] * len(odd)), odd)
    assert back[:2] == odd[:2]
    assert back[3:6] == ["好", "𠮷😀", "  空 格 "]
    assert len(str(back[6])) == 32_767


def test_words_that_look_like_an_escape_are_written_so_that_excel_shows_them() -> None:
    file = Xlsx(["列"])
    assert "_x005F_x0041_" in files._cell("_x0041_")
    assert file.begin()


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SHEET_ROWS", 2)
    found = cells_of(Xlsx(["列"]), *[[str(at)] for at in range(5)])
    assert [row[0] for row in found] == ["列", "0", "1", "列", "2", "3", "列", "4"]


def test_an_empty_ledger_has_its_columns() -> None:
    assert cells_of(Xlsx(header())) == [list(header())]
    empty = Csv(header())
    assert (empty.begin() + empty.end()).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("form", list(Form))
async def test_memory_does_not_grow_with_the_number_of_cases(world: World, form: Form) -> None:
    """Fifty thousand and more were measured by `bench ledger`; here it is seen that most of the
    rows need no more memory than the first ones did."""
    count = 10_000
    async with world.sessions() as session:
        fill(world.database_url, keyring_of(session), world.unit, count)
    found = await measure(world.sessions, world.unit, form, count)
    assert found.rows == count
    assert found.memory_most - found.memory_begun < 12


async def test_a_withdrawn_case_says_so(world: World) -> None:
    case = await filed(world, "c1")
    async with world.sessions.begin() as session:
        await session.execute(update(Case).where(Case.id == case.id).values(status="withdrawn"))
    (row,) = await rows(world, await world.sign_in())
    assert row["状态"] == "群众撤回"
