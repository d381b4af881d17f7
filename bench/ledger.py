"""`./hualiao bench ledger`: a ledger of a million cases, as CSV and as XLSX.

A database of its own is filled with generated cases (what stands in them says that it is made up)
and thrown away. Rows a second, size, time to the first bytes, and the memory of the process at the
beginning and at most. Exit code 1 where rows are missing or memory grows with their number.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
import psycopg

from backend_api.access.rules import Role
from backend_api.access.service import Access
from backend_api.audit.service import SYSTEM
from backend_api.core.crypto import Keyring, new_keyring_file
from backend_api.core.db import Sessions, open_sessions
from backend_api.core.jobs import open_jobs
from backend_api.core.migrate import upgrade
from backend_api.ledger.rules import Filters, Form
from backend_api.ledger.service import begin_export
from backend_api.ledger.writing import written
from backend_api.operations.postgres import running
from backend_api.organisation.models import Unit
from backend_api.organisation.rules import Level
from backend_api.organisation.service import add_unit

ROWS = 1_000_000
PART = 50_000
MOST_GROWTH_MB = 60.0
TEXTS = {
    "what": "（生成的测试文字）楼上卫生间漏水三个月了，客厅天花板发霉，找过物业两次都说不归他们管，"
    * 2,
    "where": "（生成的）示范市示范区示范街道示范社区示范小区十二栋三〇一",
    "demand": "（生成的）请楼上修好防水，赔偿天花板的损失",
    "contact": "138****0000",
}
_FILL = """
WITH row AS (
  SELECT n, lpad(to_hex(n), 32, '0') AS hex,
         timestamptz '2024-01-01 00:00+08' + n * interval '1 minute' AS at
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
), talks AS (
  INSERT INTO conversation (id, created_at, organisation_id, unit_path, channel, status, sealed,
                            version, last_seq, answered_seq, turn_count, state)
  SELECT ('c' || right(hex, 31))::uuid, at, %(unit)s, %(path)s,
         CASE WHEN n %% 3 = 0 THEN 'http' ELSE 'web' END, 'bot', false, 0, 0, 0, 0, '{}' FROM row
), drafts AS (
  INSERT INTO draft (id, created_at, organisation_id, conversation_id, status)
  SELECT ('d' || right(hex, 31))::uuid, at, %(unit)s, ('c' || right(hex, 31))::uuid, 'filed'
  FROM row
), facts AS (
  INSERT INTO draft_fact (id, created_at, organisation_id, draft_id, field, value_sealed,
                          masked_sealed, how, confirmed)
  SELECT ((ord + 9)::text || right(hex, 30))::uuid, at, %(unit)s, ('d' || right(hex, 31))::uuid,
         field, sealed, sealed, 'said', true
  FROM row, unnest(%(fields)s::text[], %(sealed)s::bytea[]) WITH ORDINALITY AS f(field, sealed, ord)
)
INSERT INTO case_file (id, created_at, organisation_id, unit_id, unit_path, conversation_id,
                       draft_id, number, query_code_sealed, status, sealed, processing, type,
                       matter, summary_sealed, where_sealed)
SELECT ('e' || right(hex, 31))::uuid, at, %(unit)s, %(unit)s, %(path)s,
       ('c' || right(hex, 31))::uuid, ('d' || right(hex, 31))::uuid, lpad(n::text, 13, '0'),
       %(any)s, 'registered', false, '{}', '求决',
       (ARRAY['邻里纠纷', '物业纠纷', '劳动欠薪', '噪音扰民'])[1 + n %% 4], %(any)s, %(any)s
FROM row
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Megabytes and seconds. `memory_begun`: once the first twentieth is written."""

    rows: int
    seconds: float
    first_bytes: float
    size: float
    memory_begun: float
    memory_most: float


def fill(url: str, keyring: Keyring, unit: Unit, count: int) -> None:
    """So many generated cases of the unit."""
    sealed = [keyring.seal(text) for text in TEXTS.values()]
    values = {"unit": unit.id, "path": unit.path, "fields": list(TEXTS), "sealed": sealed}
    with psycopg.connect(url, autocommit=True) as connection:
        # Each row refers to rows made with it: nobody need look.
        connection.execute("SET session_replication_role = replica")
        for first in range(1, count + 1, PART):
            part = {"first": first, "last": min(first + PART - 1, count), "any": sealed[0]}
            connection.execute(_FILL, values | part)
        connection.execute("ANALYZE")


async def measure(sessions: Sessions, unit: Unit, form: Form, count: int) -> Measured:
    """Write the whole ledger to nowhere."""
    nobody = Access(UUID(int=0), Role.STAFF, unit.id, unit.path, None, must_change_password=False)
    async with sessions.begin() as session:
        export = await begin_export(session, nobody, Filters(), actor=SYSTEM)
    process, started = psutil.Process(), time.perf_counter()
    size, first, begun, most, lines, pieces = 0, 0.0, 0.0, 0.0, 0, 0
    async for piece in written(sessions, export, form):
        first = first or time.perf_counter() - started
        size, pieces = size + len(piece), pieces + 1
        lines += piece.count(b"\r\n") if form is Form.CSV else 0
        memory = process.memory_info().rss / 1e6
        begun = memory if pieces <= count / 500 / 20 + 2 else begun
        most = max(most, memory)
    lasted = time.perf_counter() - started
    rows = lines - 1 if form is Form.CSV else await _noted(sessions)
    return Measured(rows, lasted, first, size / 1e6, begun, most)


async def _noted(sessions: Sessions) -> int:
    """How many rows the audit says the last file had."""
    from sqlalchemy import select

    from backend_api.audit.models import AuditEntry

    async with sessions() as session:
        details = await session.scalar(
            select(AuditEntry.details)
            .where(AuditEntry.action == "ledger.exported")
            .order_by(AuditEntry.id.desc())
            .limit(1)
        )
    return int(details["count"]) if details else 0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./hualiao bench ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="cases (default: a million)")
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)  # the account that runs PostgreSQL passes through
        new_keyring_file(folder / "keyring.json")
        with running(folder) as url:
            upgrade(url)
            return asyncio.run(_run(url, Keyring(folder / "keyring.json"), chosen.rows))


async def _run(url: str, keyring: Keyring, count: int) -> int:
    sessions = open_sessions(url, keyring=keyring, jobs=open_jobs(url))
    async with sessions.begin() as session:
        unit = await add_unit(session, SYSTEM, name="生成", level=Level.CITY, parent=None)
    started = time.perf_counter()
    await asyncio.to_thread(fill, url, keyring, unit, count)
    print(f"{count:,} cases generated in {time.perf_counter() - started:.0f} s")
    good = True
    for form in Form:
        found = await measure(sessions, unit, form, count)
        grown = found.memory_most - found.memory_begun
        good = good and found.rows == count and grown < MOST_GROWTH_MB
        print(
            f"{form:5} {found.rows:,} rows in {found.seconds:.1f} s"
            f" ({found.rows / found.seconds:,.0f} a second), first bytes {found.first_bytes:.2f} s,"
            f" {found.size:.0f} MB, memory {found.memory_begun:.0f} MB, at most +{grown:.0f} MB"
        )
    await sessions.kw["bind"].dispose()
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
