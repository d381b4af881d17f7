"""What many tests stand on: a real PostgreSQL with a fresh database each, and the api."""

import asyncio
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import psycopg
import pytest
from argon2 import PasswordHasher
from httpx import create_ssl_context
from psycopg import sql

from backend_api.access import passwords, service
from backend_api.access.rules import Role
from backend_api.access.service import add_account, create_token
from backend_api.audit.service import SYSTEM
from backend_api.core.crypto import Keyring, new_keyring_file
from backend_api.core.db import Sessions, open_sessions
from backend_api.core.jobs import open_jobs
from backend_api.core.migrate import upgrade
from backend_api.main import Settings, create_app
from backend_api.operations.postgres import running
from backend_api.organisation.models import Site, Unit
from backend_api.organisation.rules import Level
from backend_api.organisation.service import add_site, add_unit

SERVICE_TOKEN = "service-token-of-the-tests"
CONSOLE_TOKEN = "console-token-of-the-tests"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 1_000_000_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _light_set_up() -> Iterator[None]:
    """What is slow on purpose, or for the internet: made light, or made once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", hasher)
        patch.setattr(service, "NOBODY", hasher.hash("nobody"))
        patch.setattr(httpx._transports.default, "create_ssl_context", cache(create_ssl_context))
        gc.freeze()
        yield


@dataclass(frozen=True, slots=True)
class Template:
    """A migrated database with one organisation, made once and then only copied."""

    server: str
    keys: Path
    unit: Unit
    site: Site
    token: str
    password: str


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    with tempfile.TemporaryDirectory(dir=_quick_folder()) as name:
        folder = Path(name)
        folder.chmod(0o711)  # the account that runs PostgreSQL passes through
        keys = folder / "keyring.json"
        new_keyring_file(keys)
        with running(folder) as url:
            upgrade(url)
            _shorten_sign_in(url)
            yield asyncio.run(_set_up(url, keys))


def _shorten_sign_in(url: str) -> None:
    """Thousands of connections, each with 4,096 rounds of SCRAM on both sides, are seconds."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET scram_iterations = 1")
        password = connection.info.password
        connection.execute(
            sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(sql.Literal(password))
        )


def _quick_folder() -> Path | None:
    """Where making and dropping a database for each test is cheap; None: the usual place.

    ext4 looks through all files it has just deleted before it makes another: 0.2 s a database.
    """
    is_there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    return MEMORY if is_there and shutil.disk_usage(MEMORY).free > ROOM else None


async def _set_up(url: str, keys: Path) -> Template:
    sessions = open_sessions(url, keyring=Keyring(keys), jobs=open_jobs(url))
    async with sessions.begin() as session:
        unit = await add_unit(session, SYSTEM, name="翠竹街道", level=Level.STREET, parent=None)
        site = await add_site(session, SYSTEM, name="大门口", unit=unit)
        token = await create_token(session, role=Role.CLIENT, name="test", unit=unit)
        password = await add_account(
            session, username="admin", name="管理员", role=Role.ADMINISTRATOR, unit=unit
        )
    await sessions.kw["bind"].dispose()
    return Template(url.rsplit("/", 1)[0], keys, unit, site, token, password)


@pytest.fixture
def database_url(template: Template) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(f"{template.server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE hualiao STRATEGY file_copy")
        yield f"{template.server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class World:
    """One organisation with one site, a client that brings messages, and an administrator."""

    database_url: str
    sessions: Sessions
    http: httpx.AsyncClient
    unit: Unit
    site: Site
    client: dict[str, str]
    password: str

    async def sign_in(self) -> dict[str, str]:
        """Headers of the administrator, whose one-time password is changed."""
        given = {"username": "admin", "password": self.password}
        opened = (await self.http.post("/v1/staff/sign-in", json=given)).json()
        headers = {"authorization": f"Bearer {opened['token']}"}
        change = {"old": self.password, "new": "a-much-longer-one"}
        await self.http.post("/v1/staff/password", json=change, headers=headers)
        return headers

    async def say(self, conversation: str, text: str, message_id: str = "") -> httpx.Response:
        body = {
            "conversation": conversation,
            "message_id": message_id or secrets.token_hex(8),
            "text": text,
        }
        return await self.http.post("/v1/chat", json=body, headers=self.client)

    async def replies(self, conversation: str, after: int = 0) -> list[dict[str, object]]:
        url = f"/v1/chat/{conversation}?after={after}"
        answer = await self.http.get(url, headers=self.client)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()
        return found


@pytest.fixture
async def world(template: Template, database_url: str) -> AsyncIterator[World]:
    settings = Settings(
        port=1,
        database_url=database_url,
        keyring=template.keys,
        service_token=SERVICE_TOKEN,
        console_token=CONSOLE_TOKEN,
        engine_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield World(
                database_url,
                app.state.sessions,
                http,
                template.unit,
                template.site,
                {"authorization": f"Bearer {template.token}"},
                template.password,
            )
