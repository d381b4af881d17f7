"""Sites: what is counted of them, how they are withdrawn, and their posters."""

import re
from collections.abc import Sequence
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, text

from backend_api.audit.models import AuditEntry
from backend_api.audit.service import SYSTEM
from backend_api.organisation.models import Site
from backend_api.organisation.service import withdraw_site
from backend_api.sites import poster as posters
from backend_api.sites.poster import Form, Place, Size, poster
from backend_api.sites.rules import is_scan
from tests.backend_api.test_scopes import staff_of, unit_with_site
from tests.conftest import World

pytestmark = pytest.mark.anyio

PLACE = Place("翠竹园东门", "翠竹街道翠竹社区", "https://hualiao.example.test/c/abc2345")


def words_of(pdf: bytes) -> str:
    """pypdf leaves a zero before each letter that its font has by number."""
    return PdfReader(BytesIO(pdf)).pages[0].extract_text().replace("\x00", "")


async def sites(world: World, headers: dict[str, str]) -> Sequence[dict[str, object]]:
    items: list[dict[str, object]]
    items = (await world.http.get("/v1/sites", headers=headers)).json()["items"]
    return items


async def withdraw(world: World, site: Site) -> None:
    async with world.sessions.begin() as session:
        await withdraw_site(session, SYSTEM, await session.merge(site), world.unit)


async def test_opening_the_page_is_counted_once_a_browser_session(world: World) -> None:
    headers, page = await world.sign_in(), f"/c/{world.site.code}"
    for _ in range(3):
        assert (await world.http.get(page)).status_code == 200
    world.http.cookies.clear()  # another phone, or the same one on another day
    await world.http.get(page)
    assert [one["scans"] for one in await sites(world, headers)] == [2]


async def test_what_is_kept_in_the_browser_is_the_same_for_everybody(world: World) -> None:
    answer = await world.http.get(f"/c/{world.site.code}")
    cookie = answer.headers["set-cookie"]
    assert cookie.split(";")[0] == "opened=1"
    assert f"Path=/c/{world.site.code}" in cookie
    assert "max-age" not in cookie.lower()
    assert "expires" not in cookie.lower()


@pytest.mark.parametrize("code", ["zzzzzzz", "x" * 4000, "%00", "翠竹"])
async def test_a_code_that_nobody_has_is_not_counted(world: World, code: str) -> None:
    answer = await world.http.get(f"/c/{code}")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "cookies", "counts"),
    [
        ({}, {}, True),
        ({"sec-fetch-dest": "document"}, {}, True),
        ({"sec-fetch-dest": "empty"}, {}, False),
        ({"sec-purpose": "prefetch;prerender"}, {}, False),
        ({"purpose": "prefetch"}, {}, False),
        ({}, {"opened": "1"}, False),
    ],
)
def test_a_scan_is_a_person_who_opens_the_page(
    headers: dict[str, str], cookies: dict[str, str], *, counts: bool
) -> None:
    assert is_scan(headers, cookies) is counts


async def test_the_page_is_there_without_a_database(world: World) -> None:
    async with world.sessions.begin() as session:
        await session.execute(text("LOCK TABLE site_scan"))
        assert (await world.http.get(f"/c/{world.site.code}")).status_code == 200


async def test_at_a_withdrawn_site_no_conversation_begins_and_one_is_told_where_to_turn(
    world: World,
) -> None:
    await withdraw(world, world.site)
    answer = await world.http.post("/v1/web/sessions", json={"site": world.site.code})
    assert (answer.status_code, answer.json()["code"]) == (410, "site_withdrawn")
    assert "12345" in answer.json()["detail"]
    assert "set-cookie" not in (await world.http.get(f"/c/{world.site.code}")).headers


async def test_a_conversation_that_began_there_goes_on(world: World) -> None:
    async def say(key: str, message_id: str) -> int:
        body = {"conversation": key, "message_id": message_id, "text": "楼上漏水"}
        body["site"] = world.site.code
        answer = await world.http.post("/v1/chat", json=body, headers=world.client)
        return answer.status_code

    assert await say("before", "m1") == 202
    await withdraw(world, world.site)
    assert await say("before", "m2") == 202
    assert await say("after", "m3") == 410


async def test_staff_see_the_sites_of_their_unit_and_below_only(world: World) -> None:
    child, below = await unit_with_site(world, parent=world.unit)
    _, foreign = await unit_with_site(world, parent=None)
    headers = await staff_of(world, child)
    assert [one["code"] for one in await sites(world, headers)] == [below.code]
    for site in (world.site, foreign):
        answer = await world.http.get(f"/v1/sites/{site.code}/poster", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_site")


async def test_an_administrator_adds_and_withdraws_the_sites_of_their_units(world: World) -> None:
    child, _ = await unit_with_site(world, parent=world.unit)
    foreign, _ = await unit_with_site(world, parent=None)
    headers = await world.sign_in()
    wanted = {"name": " 东门 ", "place": "翠竹街道", "unit": str(child.id)}
    added = await world.http.post("/v1/sites", json=wanted, headers=headers)
    code = added.json()["code"]
    assert added.status_code == 201
    assert added.json() == {
        "code": code,
        "name": "东门",
        "place": "翠竹街道",
        "unit": child.name,
        "active": True,
        "scans": 0,
    }
    for _ in range(2):
        gone = await world.http.post(f"/v1/sites/{code}/withdraw", headers=headers)
        assert (gone.status_code, gone.json()["active"]) == (200, False)
    elsewhere = wanted | {"unit": str(foreign.id)}
    refused = await world.http.post("/v1/sites", json=elsewhere, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_unit")
    async with world.sessions() as session:
        deeds = await session.execute(
            select(AuditEntry.action, AuditEntry.actor_kind).where(
                AuditEntry.subject_kind == "site", AuditEntry.actor_kind == "account"
            )
        )
        assert deeds.all() == [("site.added", "account"), ("site.withdrawn", "account")]


async def test_nobody_else_changes_sites(world: World) -> None:
    headers = await staff_of(world, world.unit)
    url = f"/v1/sites/{world.site.code}/withdraw"
    for answer in (
        await world.http.post("/v1/sites", json={"name": "x"}, headers=headers),
        await world.http.post(url, headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "changes_by_administrators")
    assert (await world.http.post(url, headers=world.client)).status_code == 403


@pytest.mark.parametrize("name", ["", "  ", "两行\n字", "x" * 81, "\u0000"])
async def test_a_name_fits_on_a_poster(world: World, name: str) -> None:
    answer = await world.http.post("/v1/sites", json={"name": name}, headers=await world.sign_in())
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("headers", [{}, "client"])
async def test_posters_are_for_staff(world: World, headers: dict[str, str] | str) -> None:
    given = world.client if isinstance(headers, str) else headers
    for url in ("/v1/sites", f"/v1/sites/{world.site.code}/poster"):
        assert (await world.http.get(url, headers=given)).status_code in {401, 403}


async def test_staff_get_a_poster_that_leads_to_the_page(world: World) -> None:
    headers = await world.sign_in()
    url = f"/v1/sites/{world.site.code}/poster?size=A5&form=pdf"
    answer = await world.http.get(url, headers=headers)
    assert answer.headers["content-type"] == "application/pdf"
    said = words_of(answer.content)
    assert f"http://test/c/{world.site.code}" in said
    await withdraw(world, world.site)
    gone = await world.http.get(url, headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (410, "poster_withdrawn")


@pytest.mark.parametrize(("size", "width", "height"), [(Size.A4, 210, 297), (Size.A5, 148, 210)])
def test_a_pdf_has_the_size_the_words_and_a_few_glyphs_of_its_font(
    size: Size, width: float, height: float
) -> None:
    content = poster(PLACE, size=size, form=Form.PDF)
    page = PdfReader(BytesIO(content)).pages[0]
    box = [float(one) * 25.4 / 72 for one in page.mediabox[2:]]
    assert box == pytest.approx([width, height], abs=0.1)
    said = words_of(content)
    for words in (PLACE.name, PLACE.place, PLACE.address, "110", "120", "119", "12345", "12356"):
        assert words in said
    assert b"/FontFile" in content or b"/CIDFontType0C" in content
    assert len(content) < 100_000


def test_a_png_is_sharp_enough_to_print() -> None:
    picture = Image.open(BytesIO(poster(PLACE, size=Size.A4, form=Form.PNG)))
    assert picture.size == (2480, 3508)
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_an_svg_needs_no_font_of_the_reader() -> None:
    drawn = poster(PLACE, size=Size.A4, form=Form.SVG).decode()
    assert "<text" not in drawn
    assert drawn.count("<path") > 15
    assert re.search(r"[<&]翠", drawn) is None


def test_the_poster_holds_every_line_to_call() -> None:
    said = posters.texts()
    numbers = {one.number for one in (*said.urgent, *said.others)}
    assert {"110", "120", "119", "12345", "12356"} <= numbers


@pytest.mark.parametrize("form", list(Form))
def test_any_name_fits(form: Form) -> None:
    long = Place("很长的名字（" * 30, "", "https://x.test/c/" + "a" * 7)
    assert poster(long, size=Size.A5, form=form)
    odd = Place("<&\"'>\n\t\u200b𠮷😀", "\x00", "https://x.test/c/abc")
    assert poster(odd, size=Size.A4, form=form)
