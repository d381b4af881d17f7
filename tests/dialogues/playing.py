"""Plays journeys over the HTTP channel, several at a time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp

from bench.channel import REPLY_SECONDS, Conversation, RefusedError, Reply
from tests.dialogues.comparing import Answer, faults, notice_faults
from tests.dialogues.journeys import Journey, Step
from tests.dialogues.recognising import Texts

AT_ONCE = 8
LOOK_AGAIN_SECONDS = 0.1
# A service that has answered so many journeys with silence answers none.
SILENT_AT_MOST = 8
# A service that fails, and a file that names what nobody has noted down.
BREAKS = (RefusedError, aiohttp.ClientError, KeyError)

# Has the service taken this message of the conversation (key, seq) into a turn?
IsAnswered = Callable[[str, int], bool]


@dataclass(slots=True)
class Played:
    """A journey's transcript, and what was not as it should be; nothing: it succeeded."""

    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([*self.lines, *(f"✗ {fault}" for fault in self.faults)])


@dataclass(frozen=True, slots=True)
class Stage:
    """One service with its texts; every journey begins conversations of its own on it."""

    http: aiohttp.ClientSession
    texts: Texts
    is_answered: IsAnswered
    silent: list[Journey] = field(default_factory=list)

    async def play_all(self, journeys: Sequence[Journey]) -> dict[str, Played]:
        """Journey → how it went."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def play(journey: Journey) -> Played:
            async with gate:
                if len(self.silent) >= SILENT_AT_MOST:
                    return Played(faults=["not played: the service does not answer"])
                return await Playing(self).play(journey)

        played = await asyncio.gather(*map(play, journeys))
        return {one.name: each for one, each in zip(journeys, played, strict=True)}


@dataclass(slots=True)
class Playing:
    """One journey under way: who talks in which conversation, and what they have noted down."""

    stage: Stage
    talks: dict[str, Conversation] = field(default_factory=dict)
    noticed: set[str] = field(default_factory=set)
    remembered: dict[str, SimpleNamespace] = field(default_factory=dict)
    played: Played = field(default_factory=Played)

    async def play(self, journey: Journey) -> Played:
        """Up to the first step that is not answered as it should be."""
        for step in journey.steps:
            try:
                self.played.faults += await self._take(step)
            except TimeoutError:
                self.stage.silent.append(journey)
                self.played.faults.append("silence")
            except BREAKS as failure:
                self.played.faults.append(f"{type(failure).__name__}: {failure}")
            if self.played.faults:
                break
        return self.played

    async def _take(self, step: Step) -> list[str]:
        """Say it, hear the answer; what is wrong with it."""
        answer = self._answer(await self._hear(*await self._say(step)))
        wrong = [*notice_faults(answer, given=step.who in self.noticed)]
        if answer.notice is not None:
            self.noticed.add(step.who)
        wrong += faults(step, answer.without_notice(), self.remembered)
        if step.remember and not wrong:
            rows = answer.rows
            noted = SimpleNamespace(number=rows["number"], code=rows["query_code"])
            self.remembered[step.remember] = noted
        return wrong

    async def _say(self, step: Step) -> tuple[Conversation, int]:
        talk = self.talks.setdefault(step.who, Conversation(self.stage.http))
        seq = 0
        for text in step.say:
            said = text.format_map(self.remembered)
            self.played.lines.append(f"{step.who}: {said}")
            seq = await talk.say(said)
        return talk, seq

    async def _hear(self, talk: Conversation, seq: int) -> list[Reply]:
        """Everything that is answered up to this message, however many turns it takes."""
        replies = await talk.listen(REPLY_SECONDS)
        async with asyncio.timeout(REPLY_SECONDS):
            while not self.stage.is_answered(talk.key, seq):
                replies += await talk.listen(LOOK_AGAIN_SECONDS)
        return replies + await talk.listen(0)

    def _answer(self, replies: Sequence[Reply]) -> Answer:
        names = [self.stage.texts.names_of(reply) for reply in replies]
        for reply, name in zip(replies, names, strict=True):
            choices = "".join(f" [{choice}]" for choice in reply["choices"])
            text = reply["text"].replace("\n", "\n      ")
            self.played.lines.append(f"    {'|'.join(name) or '?'}: {text}{choices}")
        return Answer(replies, names)
