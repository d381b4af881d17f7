import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from backend_api.conversations.models import Message
from backend_api.core.crypto import Keyring, UnreadableError, new_keyring_file, seal, unseal
from backend_api.core.rotation import rotate
from backend_api.migrations.tables import METADATA
from backend_api.people.models import Person
from tests.conftest import Template, World


def test_what_one_key_file_sealed_another_cannot_open(tmp_path: Path) -> None:
    new_keyring_file(tmp_path / "a")
    new_keyring_file(tmp_path / "b")
    sealed = Keyring(tmp_path / "a").seal("翠竹街道")
    assert Keyring(tmp_path / "a").open(sealed) == "翠竹街道"
    with pytest.raises(UnreadableError):
        Keyring(tmp_path / "b").open(sealed)


def test_a_key_file_is_private_and_never_replaced(tmp_path: Path) -> None:
    new_keyring_file(tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        new_keyring_file(tmp_path / "a")


@pytest.mark.anyio
async def test_rotation_waits_for_words_that_are_sealed_but_not_yet_committed(
    world: World, template: Template
) -> None:
    async with world.sessions() as session:
        person = Person(
            organisation_id=world.unit.id, phone_index=b"1", phone_sealed=seal(session, "138")
        )
        session.add(person)
        await session.flush()
        turning = asyncio.create_task(
            asyncio.to_thread(rotate, world.database_url, template.keys, METADATA, settle=0.01)
        )
        await asyncio.sleep(1)
        assert not turning.done()
        await session.commit()
        await turning
    async with world.sessions() as session:
        sealed = (await session.scalars(select(Person.phone_sealed))).one()
        assert sealed is not None
        assert unseal(session, sealed) == "138"


@pytest.mark.anyio
async def test_rotation_seals_everything_anew_while_the_service_runs(
    world: World, template: Template
) -> None:
    before = json.loads(template.keys.read_text())["seal"]
    await world.say("c1", "楼上漏水")
    written = await asyncio.to_thread(
        rotate, world.database_url, template.keys, METADATA, settle=0.01
    )
    await world.say("c1", "还没修")
    after = json.loads(template.keys.read_text())["seal"]
    assert written == 1
    assert len(after) == 1
    assert after != before
    async with world.sessions() as session:
        sealed = (await session.scalars(select(Message.body_sealed).order_by(Message.seq))).all()
        assert [unseal(session, body) for body in sealed] == ["楼上漏水", "还没修"]
