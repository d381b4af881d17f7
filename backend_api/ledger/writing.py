"""From the database to finished bytes, a batch at a time."""

from collections.abc import AsyncIterator

import anyio

from backend_api.core.crypto import Keyring
from backend_api.core.db import Sessions
from backend_api.ledger.files import File, file_of
from backend_api.ledger.rules import Form
from backend_api.ledger.service import Batch, Export, batches, rows_of
from backend_api.ledger.words import header


async def written(sessions: Sessions, export: Export, form: Form) -> AsyncIterator[bytes]:
    """The file in pieces. Opening and packing a batch is done in a thread: other requests of the
    process are answered meanwhile."""
    file, keyring = file_of(form, header()), sessions.kw["info"]["keyring"]
    yield file.begin()
    async for batch in batches(sessions, export):
        if content := await anyio.to_thread.run_sync(_packed, file, batch, keyring):
            yield content
    yield file.end()


def _packed(file: File, batch: Batch, keyring: Keyring) -> bytes:
    return file.add(rows_of(batch, keyring))
