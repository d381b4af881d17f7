"""Photos and documents: what is taken, what stays behind, and who may see them."""

import io
import struct
import zlib
from dataclasses import dataclass
from functools import partial

import httpx
import pytest
from anyio import to_thread
from PIL import ExifTags, Image
from sqlalchemy import select

from backend_api.access.rules import Role
from backend_api.audit.models import AuditEntry
from backend_api.audit.service import SYSTEM
from backend_api.conversations.models import Conversation, Message
from backend_api.conversations.service import lock_conversation
from backend_api.core.clock import now
from backend_api.core.crypto import keyring_of
from backend_api.core.ids import new_id
from backend_api.core.rotation import rotate
from backend_api.files import rules
from backend_api.files.models import File
from backend_api.files.pictures import prepared
from backend_api.files.service import store
from backend_api.migrations.tables import METADATA
from backend_api.organisation.rules import Level
from backend_api.organisation.service import add_unit
from tests.backend_api.talks import confirmed, conversation_of, read_back, signed_in
from tests.conftest import Template, World

pytestmark = pytest.mark.anyio
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
HTML = b"<html><script>alert(1)</script></html>"
CAMERA = "Some Phone 12"


def photo(name: str = "JPEG", *, size: tuple[int, int] = (640, 480)) -> bytes:
    """With a camera's name, a comment, the place, and lying on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = CAMERA
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (22.0, 33.0, 30.0), 3: "E", 4: (114.0, 7.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, name, exif=exif, comment="home of Wang")
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that claims to be 30,000 by 30,000."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    parts = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@dataclass(frozen=True, slots=True)
class Phone:
    """A citizen's page with its session key."""

    http: httpx.AsyncClient
    headers: dict[str, str]

    async def send(
        self, content: bytes, message_id: str = "", *, keep_place: bool = False
    ) -> httpx.Response:
        query = {"message_id": message_id or new_id().hex, "keep_place": keep_place}
        return await self.http.post(
            "/v1/web/files", params=query, content=content, headers=self.headers
        )

    async def thumbnail(self, file: str) -> httpx.Response:
        return await self.http.get(f"/v1/web/files/{file}/thumbnail", headers=self.headers)


async def phone_of(world: World) -> Phone:
    opened = await world.http.post("/v1/web/sessions", json={"site": world.site.code})
    return Phone(world.http, {"authorization": f"Bearer {opened.json()['session']}"})


async def conversation_with(world: World, file: str) -> Conversation:
    async with world.sessions() as session:
        return (
            await session.scalars(
                select(Conversation)
                .join(File, File.conversation_id == Conversation.id)
                .where(File.id == file)
            )
        ).one()


async def kept(world: World, staff: dict[str, str], file: str) -> httpx.Response:
    conversation = await conversation_with(world, file)
    address = f"/v1/conversations/{conversation.id}/files/{file}"
    return await world.http.get(address, headers=staff)


async def sent(phone: Phone, content: bytes, **more: bool) -> str:
    answer = await phone.send(content, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["file"]["id"])


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_is_kept_without_what_tells_where_and_by_whom(
    world: World, name: str
) -> None:
    staff = await world.sign_in()
    file = await sent(await phone_of(world), photo(name))
    answer = await kept(world, staff, file)
    assert answer.headers["content-type"] == f"image/{name.lower()}"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (480, 640)  # upright
        assert not {"comment", "exif", "xmp", "icc_profile"} & set(picture.info)
    assert CAMERA.encode() not in answer.content


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
async def test_the_place_is_kept_for_who_wants_it_and_nothing_else(world: World, name: str) -> None:
    staff = await world.sign_in()
    file = await sent(await phone_of(world), photo(name), keep_place=True)
    answer = await kept(world, staff, file)
    with Image.open(io.BytesIO(answer.content)) as picture:
        exif = picture.getexif()
        assert set(exif) == {ExifTags.IFD.GPSInfo}
        assert exif.get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"
    assert CAMERA.encode() not in answer.content


@pytest.mark.parametrize(
    "content",
    [HTML, b"GIF89a" + b"\0" * 40, b"MZ" + b"\0" * 40, b"\xff\xd8\xff" + HTML, b"", PDF[1:]],
)
async def test_what_it_is_decides_and_not_what_it_is_called(world: World, content: bytes) -> None:
    phone = await phone_of(world)
    phone.headers["content-type"] = "image/jpeg"
    answer = await phone.send(content)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_file")
    assert "PDF" in answer.json()["detail"]
    async with world.sessions() as session:
        assert (await session.scalars(select(Message))).all() == []


async def test_a_picture_that_would_fill_the_memory_is_refused(world: World) -> None:
    answer = await (await phone_of(world)).send(bomb())
    assert (answer.status_code, answer.json()["code"]) == (422, "picture_too_large")


async def test_eleven_megabytes_are_refused_before_they_are_read(world: World) -> None:
    phone, read = await phone_of(world), 0

    async def body():  # type: ignore[no-untyped-def]
        nonlocal read
        for _ in range(11):
            read += 1
            yield b"\xff\xd8\xff" + b"\0" * (1024 * 1024 - 3)

    for headers in ({"content-length": str(11 * 1024 * 1024)}, {}):
        answer = await world.http.post(
            "/v1/web/files?message_id=m1", content=body(), headers=phone.headers | headers
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
        assert "10 MB" in answer.json()["detail"]


async def test_nobody_without_a_key_sends_a_file(world: World) -> None:
    stranger = Phone(world.http, {"authorization": "Bearer nope"})
    assert (await stranger.send(photo())).status_code == 404
    assert (await stranger.thumbnail(str(new_id()))).status_code == 404
    assert (await world.http.post("/v1/web/files?message_id=m")).status_code == 401


async def test_a_file_that_comes_twice_is_kept_once(world: World) -> None:
    phone = await phone_of(world)
    first = await phone.send(photo(), "m1")
    again = await phone.send(photo(), "m1")
    assert first.json() == again.json()
    async with world.sessions() as session:
        assert len((await session.scalars(select(File))).all()) == 1
        assert len((await session.scalars(select(Message))).all()) == 1


async def test_another_citizens_file_is_not_found(world: World) -> None:
    file = await sent(owner := await phone_of(world), photo())
    small = await owner.thumbnail(file)
    assert small.headers["content-type"] == "image/jpeg"
    assert small.headers["content-disposition"] == "attachment"
    with Image.open(io.BytesIO(small.content)) as picture:
        assert max(picture.size) <= 320
    other = await phone_of(world)
    assert (await other.thumbnail(file)).json()["code"] == "unknown_file"


async def test_there_is_an_end_of_files(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend_api.files.service.MAX_FILES", 2)
    phone = await phone_of(world)
    answers = [(await phone.send(PDF)).status_code for _ in range(3)]
    assert answers == [201, 201, 429]


async def test_nothing_of_a_file_is_readable_in_the_database(world: World) -> None:
    await sent(await phone_of(world), PDF)
    async with world.sessions() as session:
        (file,) = (await session.scalars(select(File))).all()
    assert b"PDF" not in file.content_sealed
    assert file.thumbnail_sealed is None


async def test_staff_get_a_file_as_a_download_and_never_as_a_page(world: World) -> None:
    staff = await world.sign_in()
    file = await sent(await phone_of(world), PDF)
    answer = await kept(world, staff, file)
    assert answer.content == PDF
    assert answer.headers["content-disposition"] == 'attachment; filename="1.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    conversation = await conversation_with(world, file)
    path = f"/v1/conversations/{conversation.id}/messages"
    (item,) = (await world.http.get(path, headers=staff)).json()["items"]
    assert item["file"] == {"id": file, "kind": "application/pdf"}


async def test_a_file_is_seen_in_its_scope_only(world: World) -> None:
    file = await sent(await phone_of(world), photo())
    async with world.sessions.begin() as session:
        elsewhere = await add_unit(
            session, SYSTEM, name="别处社区", level=Level.COMMUNITY, parent=world.unit
        )
    allowed = {
        "here": await signed_in(world, Role.STAFF),
        "elsewhere": await signed_in(world, Role.STAFF, elsewhere),
        "reports": await signed_in(world, Role.DISCIPLINE),
    }
    found = {name: (await kept(world, who, file)).status_code for name, who in allowed.items()}
    assert found == {"here": 200, "elsewhere": 404, "reports": 404}


async def test_a_file_of_a_sealed_conversation_is_for_those_who_read_reports(world: World) -> None:
    file = await sent(await phone_of(world), photo())
    conversation = await conversation_with(world, file)
    async with world.sessions.begin() as session:
        found = await session.get_one(Conversation, conversation.id)
        found.sealed = True
    staff, discipline = await signed_in(world, Role.STAFF), await signed_in(world, Role.DISCIPLINE)
    assert (await kept(world, staff, file)).status_code == 404
    assert (await kept(world, discipline, file)).status_code == 200


async def test_a_file_that_was_set_aside_is_shown_to_nobody(world: World) -> None:
    staff = await world.sign_in()
    file = await sent(phone := await phone_of(world), photo())
    async with world.sessions.begin() as session:
        (message,) = (await session.scalars(select(Message))).all()
        message.quarantined = True
    assert (await kept(world, staff, file)).status_code == 404
    assert (await phone.thumbnail(file)).status_code == 404


async def test_who_looked_at_a_file_is_written_down(world: World) -> None:
    staff = await world.sign_in()
    file = await sent(await phone_of(world), photo())
    await kept(world, staff, file)
    async with world.sessions() as session:
        looks = await session.scalars(select(AuditEntry).where(AuditEntry.action == "file.read"))
        (look,) = looks.all()
    assert look.details["file"] == file


async def test_new_keys_open_old_files(world: World, template: Template) -> None:
    """With a few at a time, for each may be ten megabytes."""
    staff = await world.sign_in()
    file = await sent(await phone_of(world), PDF)
    before = template.keys.read_bytes()
    try:
        turn_keys = partial(rotate, world.database_url, template.keys, METADATA, settle=0.0)
        await to_thread.run_sync(turn_keys)
        assert (await kept(world, staff, file)).content == PDF
    finally:
        template.keys.write_bytes(before)


async def test_a_file_belongs_to_the_case_that_is_filed_with_it(world: World) -> None:
    staff = await world.sign_in()
    await world.say("c1", "你好")
    conversation = await conversation_of(world, "c1")
    async with world.sessions.begin() as session:
        locked = await lock_conversation(session, conversation.id)
        file = prepared(keyring_of(session), photo(), keep_place=False)
        seq, shown = await store(session, locked, file, message_id="f1", at=now())
    await read_back(world, "c1")
    case = await confirmed(world, "c1")
    read = (await world.http.get(f"/v1/cases/{case.id}", headers=staff)).json()
    assert read["files"] == [{"id": shown["id"], "kind": "image/jpeg", "source_seq": seq}]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"RIFF\0\0\0\0WEBPVP8 ", rules.Kind.WEBP),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"\xff\xd8\xff\xe0", rules.Kind.JPEG),
        (b"\x89PNG\r\n\x1a\n", rules.Kind.PNG),
        (b"\x89PNG", None),
        (b"%PDF-1.4", rules.Kind.PDF),
        (b" %PDF-1.4", None),
        (b"\0\0\0\x18ftypheic", None),
    ],
)
async def test_the_first_bytes_tell_what_it_is(content: bytes, kind: rules.Kind | None) -> None:
    assert rules.kind_of(content) is kind
