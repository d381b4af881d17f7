"""A conversation as staff read it: personal data masked by what was understood when it came in."""

import json

from sqlalchemy.ext.asyncio import AsyncSession

from backend_api.conversations.models import Message
from backend_api.conversations.rules import Author
from backend_api.conversations.service import Words, words_of
from backend_api.core.crypto import unseal
from backend_api.understanding.analysis import Pii
from backend_api.understanding.masking import mask

# Not yet understood: nothing of it is shown, since nothing of it could be masked.
NOT_YET = "…"


def masked_text(session: AsyncSession, message: Message) -> str:
    words = words_of(session, message)
    if message.quarantined:
        return words.text
    if message.author is not Author.CITIZEN:
        return _masked_reply(words)
    if message.analysis_sealed is None:
        return NOT_YET
    analysis = json.loads(unseal(session, message.analysis_sealed))
    return mask(words.text, [Pii(**span) for span in analysis["pii"]])


def set_aside(session: AsyncSession, message: Message) -> str:
    """What was set aside as a possible state secret, for those who keep secrets alone."""
    return unseal(session, message.body_sealed)


def _masked_reply(words: Words) -> str:
    """A card repeats the citizen's own data: its rows are shown masked."""
    if words.card is None:
        return words.text
    rows = [f"{row['label']}：{row['masked']}" for row in words.card["rows"]]
    return "\n".join([words.text, *rows])
