"""The ledger from the command line."""

from pathlib import Path

import pytest

from backend_api.ledger.rules import Filters, Form
from backend_api.operations import ledgers
from backend_api.operations.messages import FailureError
from tests.backend_api.talks import filed, reported
from tests.backend_api.test_scopes import filed as filed_at
from tests.backend_api.test_scopes import unit_with_site
from tests.backend_api.test_turns import PHONE
from tests.conftest import World

pytestmark = pytest.mark.anyio


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_it_is_masked_and_holds_no_report(world: World, tmp_path: Path) -> None:
    plain, report = await filed(world, "c1"), await reported(world, "c2")
    file = tmp_path / "台账.csv"
    await ledgers.export(world.sessions, file, Form.CSV, Filters(), "")
    written = file.read_text("utf-8-sig")
    assert plain.number in written
    assert report.number not in written
    assert PHONE not in written
    assert file.stat().st_mode & 0o777 == 0o600
    assert files_in(tmp_path) == [file]


async def test_one_unit_is_named(world: World, tmp_path: Path) -> None:
    child, _ = await unit_with_site(world, parent=world.unit)
    case = await filed(world, "c1")
    await filed_at(world, child, "77", case.created_at)
    file = tmp_path / "ledger.csv"
    await ledgers.export(world.sessions, file, Form.CSV, Filters(), child.name)
    assert "77" in file.read_text("utf-8-sig")
    assert case.number not in file.read_text("utf-8-sig")
    with pytest.raises(FailureError, match="没有叫 无名 的单位"):
        await ledgers.export(world.sessions, tmp_path / "x", Form.CSV, Filters(), "无名")
    assert files_in(tmp_path) == [file]


async def test_a_file_that_is_there_is_not_replaced(world: World, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text("old")
    with pytest.raises(FailureError, match="文件已经存在"):
        await ledgers.export(world.sessions, file, Form.CSV, Filters(), "")
    assert file.read_text() == "old"


def test_options_are_read_and_wrong_ones_are_named() -> None:
    form, filters = ledgers.wanted({"format": "csv", "from": "2026-01-01", "matter": ""})
    assert (form, str(filters.first_day), filters.matter) == (Form.CSV, "2026-01-01", None)
    with pytest.raises(FailureError, match="from、state"):
        ledgers.wanted({"format": "csv", "from": "昨天", "state": "受理"})
