"""Why personal data is processed: recorded on every case, told to the citizen in plain words."""

import re

import pytest

from backend_api.access.rules import Role
from backend_api.cases.purposes import basis_text, processing_of, purpose_text, rescued
from backend_api.notifications.texts import citizen_text
from tests.backend_api.talks import Engine, filed, reported, signed_in, turn
from tests.conftest import World


@pytest.mark.parametrize(
    ("values", "sealed", "processing"),
    [
        pytest.param(
            {"contact": "13800138000"},
            False,
            {"handling": "duty", "answering": "duty", "statistics": "duty"},
            id="plain",
        ),
        pytest.param(
            {"contact": "anonymous"},
            False,
            {"handling": "duty", "statistics": "duty"},
            id="anonymous",
        ),
        pytest.param(
            {"contact": "anonymous"}, True, {"handling": "duty"}, id="a report is not counted"
        ),
        pytest.param(
            {"contact": "anonymous", "service": "counsel"},
            False,
            {"handling": "separate_consent", "statistics": "duty"},
            id="counselling speaks of health",
        ),
        pytest.param(
            {"contact": "anonymous", "matter": "心理求助"},
            False,
            {"handling": "separate_consent", "statistics": "duty"},
            id="trouble",
        ),
        pytest.param(
            {"contact": "anonymous", "representatives": "王建国 13800138000"},
            False,
            {"handling": "duty", "representing": "consent", "statistics": "duty"},
            id="others are asked themselves",
        ),
    ],
)
def test_each_purpose_has_its_basis(
    values: dict[str, str], sealed: bool, processing: dict[str, str]
) -> None:
    assert processing_of(values, sealed=sealed) == processing


def test_every_purpose_and_basis_is_said_in_words_and_names_its_article() -> None:
    values = {"contact": "1", "representatives": "2"}
    found = rescued(processing_of(values, sealed=False))
    found |= {"counselling": "separate_consent"}
    for basis in found.values():
        assert "条" in basis_text(basis)
        assert "art." in basis_text(basis, "en")
    assert purpose_text("rescue") == "应急救助"


def test_a_code_that_the_file_has_no_more_is_shown_as_it_was_recorded() -> None:
    assert purpose_text("of-old") == "of-old"


def test_the_notice_says_who_why_how_long_and_which_rights_in_few_words() -> None:
    notice = citizen_text("notice", unit="翠竹街道")
    for what in (
        "翠竹街道",
        "不是真人",
        "登记、办理、答复",
        "救人",
        "统计",
        "保存",
        "查看",
        "复制",
    ):
        assert what in notice
    for what in ("更正", "删除", "找人工"):
        assert what in notice
    assert len(notice) <= 130
    assert max(map(len, re.split(r"[。；\n]", notice))) <= 60


@pytest.mark.anyio
async def test_a_case_keeps_its_basis_and_shows_it_on_its_page(world: World) -> None:
    case = await filed(world, "c1")
    headers = await signed_in(world, Role.STAFF)
    page = (await world.http.get(f"/v1/cases/{case.id}", headers=headers)).json()
    shown = {one["label"]: one["why"] for one in page["processing"]}
    assert set(shown) == {"登记办理", "联系答复", "统计（隐去姓名和电话）"}
    assert "第十三条" in shown["登记办理"]


@pytest.mark.anyio
async def test_help_in_an_emergency_is_recorded_as_its_own_purpose(world: World) -> None:
    case = await filed(world, "c1")
    headers = await signed_in(world, Role.STAFF)
    url = f"/v1/cases/{case.id}"
    for reason in ("contact", "emergency"):
        await world.http.post(f"{url}/unmask", json={"reason": reason}, headers=headers)
        page = (await world.http.get(url, headers=headers)).json()
        codes = {one["purpose"]: one["basis"] for one in page["processing"]}
        assert codes.get("rescue") == ("emergency" if reason == "emergency" else None)


@pytest.mark.anyio
async def test_a_report_is_kept_out_of_statistics(world: World) -> None:
    assert "statistics" not in (await reported(world, "c1")).processing


@pytest.mark.anyio
async def test_the_first_reply_names_the_unit(world: World) -> None:
    await turn(world, "c1", "楼上漏水", Engine())
    assert "翠竹街道" in str((await world.replies("c1"))[0]["text"])
