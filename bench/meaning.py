"""What the engine's parts behind the classifier make of a recognised intent, in the engine's own
environment. They are given what the worker would give them: the masked text and the proposals."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend_api.core.clock import CHINA
from backend_api.operations import training
from backend_api.operations.folders import DEFAULT_DATA, PROJECT
from backend_api.operations.messages import Screen
from backend_api.operations.programs import ENGINE_PYTHON
from backend_api.turns.codes import with_codes_masked
from backend_api.turns.finders import Said, joined_masked
from backend_api.turns.proposals import Question, entities, propose
from backend_api.understanding.corrections import find_corrections
from backend_api.understanding.models import Models, load
from backend_api.understanding.pipeline import analyse

NOW = datetime(2026, 11, 21, 10, tzinfo=CHINA)  # times in the sentences are read as of then
NOBODY = UUID(int=0)
Ranking = list[dict[str, str | float]]


@dataclass(frozen=True, slots=True)
class Message:
    """What the engine gets of a citizen's words."""

    text: str
    metadata: dict[str, object]


def reader() -> Models:
    """The understanding of this project's sources, trained now if they changed."""
    folder = training.models_folder(DEFAULT_DATA)
    return load(training.ensure(training.UNDERSTANDING, folder, Screen()))


def message(text: str, asking: str | None, models: Models) -> Message:
    """A first message, or the answer to a question in a draft of which nothing else is known."""
    analysis = with_codes_masked(analyse(text, NOW, models=models), text)
    said = [Said(NOBODY, 1, text, analysis, find_corrections(text))]
    masked = joined_masked(said)
    proposals = propose(said, Question(asking))
    offered = entities(proposals, {}, len(masked))
    return Message(masked, {"asking": asking, "draft": {}, "entities": offered})


def meant(messages: Sequence[Message], rankings: Sequence[Ranking]) -> list[str]:
    """The intent that each message is acted on as."""
    lines = [
        json.dumps({"text": one.text, "metadata": one.metadata, "ranking": ranking})
        for one, ranking in zip(messages, rankings, strict=True)
    ]
    command = [str(ENGINE_PYTHON), "-m", "bot.judge", "--meant"]
    given = "\n".join(lines)
    done = subprocess.run(
        command, cwd=PROJECT, input=given, check=True, capture_output=True, text=True
    )
    return done.stdout.split()
