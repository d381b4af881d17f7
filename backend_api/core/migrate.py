"""Bringing a database to the newest schema: ours by Alembic, the job queue's by procrastinate."""

import asyncio
from functools import cache
from pathlib import Path

import procrastinate
import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Two starting processes must not migrate at once.
LOCK_KEY = 20261121


def upgrade(database_url: str) -> None:
    """Safe to run again, and by several processes at once."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
            asyncio.run(_apply_job_schema(database_url))
        command.upgrade(configuration(database_url), "head")


def configuration(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    # Not through set_main_option: a password may contain a percent sign.
    config.attributes["url"] = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return config


@cache
def newest_revision() -> str | None:
    return ScriptDirectory.from_config(configuration("postgresql://")).get_current_head()


async def _apply_job_schema(database_url: str) -> None:
    connector = procrastinate.PsycopgConnector(conninfo=database_url)
    app = procrastinate.App(connector=connector)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
