"""What a step of a journey expects, beside what was answered. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from bench.channel import Reply
from tests.dialogues.journeys import Step
from tests.dialogues.recognising import offers_of

ASK = "utter_ask_"
NOTHING = "nothing"
NOTICE = "citizen.notice"
OF_THE_DIALOGUE = "utter_"
# Said on the way out of a danger: the notice waits for the next answer.
AFTER_DANGER = ("citizen.after_", "citizen.advice_")

Remembered = Mapping[str, SimpleNamespace]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that was answered to one step, and the names of each reply."""

    replies: Sequence[Reply]
    names: Sequence[tuple[str, ...]]

    @property
    def question(self) -> str:
        """The open question's name, or `nothing`."""
        asked = [name for names in self.names for name in names if name.startswith(ASK)]
        return asked[-1].removeprefix(ASK) if asked else NOTHING

    @property
    def rows(self) -> dict[str, str]:
        """Of the last card, field → value."""
        cards = [card for reply in self.replies if (card := reply["card"]) is not None]
        return {row["field"]: row["value"] for row in cards[-1]["rows"]} if cards else {}

    @property
    def choices(self) -> list[str]:
        """Of the last reply that has any."""
        return next((one["choices"] for one in reversed(self.replies) if one["choices"]), [])

    @property
    def has_receipt(self) -> bool:
        return any(one["card"] and one["card"]["kind"] == "receipt" for one in self.replies)

    @property
    def notice(self) -> int | None:
        """Where the notice stands; None: it is not given here."""
        return next((at for at, names in enumerate(self.names) if NOTICE in names), None)

    @property
    def is_of_the_dialogue(self) -> bool:
        """Not only the backend's own words for danger and secrets, nor the first after a danger."""
        said = [name for names in self.names for name in names]
        is_after = any(name.startswith(AFTER_DANGER) for name in said)
        return not is_after and any(name.startswith(OF_THE_DIALOGUE) for name in said)

    def without_notice(self) -> "Answer":
        if (at := self.notice) is None:
            return self
        replies, names = list(self.replies), list(self.names)
        del replies[at], names[at]
        return Answer(replies, names)


def faults(step: Step, answer: Answer, remembered: Remembered) -> Iterator[str]:
    """Nothing where the answer is as the step says; the notice is judged by `notice_faults`."""
    if not answer.replies:
        yield "silence"
    yield from _wrong_responses(step, answer)
    yield from _wrong_rows(step, answer, remembered)
    yield from _wrong_words(step, answer)
    yield from _wrong_choices(step, answer)
    if step.file != answer.has_receipt:
        yield "it is not filed" if step.file else "it is filed"


def notice_faults(answer: Answer, *, given: bool) -> Iterator[str]:
    """It comes once, with the first answer of the dialogue; help in danger does not wait for it."""
    if given and answer.notice is not None:
        yield "the notice comes a second time"
    if not given and answer.notice is None and answer.is_of_the_dialogue:
        yield "the dialogue begins without the notice"


def _wrong_responses(step: Step, answer: Answer) -> Iterator[str]:
    for reply, names in zip(answer.replies, answer.names, strict=True):
        if not names:
            yield f"nobody wrote {reply['text']!r}"
    if step.bot is not None and not _is_said(step.bot, answer.names):
        yield f"expected {', '.join(step.bot)}"
    if step.asks is not None and step.asks != answer.question:
        yield f"expected the question {step.asks}, not {answer.question}"


def _is_said(expected: Sequence[str], names: Sequence[tuple[str, ...]]) -> bool:
    if len(expected) != len(names):
        return False
    return all(one in said for one, said in zip(expected, names, strict=True))


def _wrong_rows(step: Step, answer: Answer, remembered: Remembered) -> Iterator[str]:
    rows = answer.rows
    if step.card and not rows:
        yield "there is no card"
        return
    for name, wanted in step.card.items():
        if not wanted.fits(rows.get(name), remembered):
            yield f"the card's {name} is {rows.get(name)!r}, expected {wanted}"


def _wrong_words(step: Step, answer: Answer) -> Iterator[str]:
    said = "\n".join(reply["text"] for reply in answer.replies)
    yield from (f"{words!r} is not said" for words in step.says if words not in said)
    yield from (f"{words!r} is said" for words in step.never if words in said)


def _wrong_choices(step: Step, answer: Answer) -> Iterator[str]:
    if lacking := [choice for choice in step.choices if choice not in answer.choices]:
        yield f"not to be tapped: {', '.join(lacking)}"
    if step.offers is None:
        return
    found = sorted({field for reply in answer.replies for field in offers_of(reply)})
    if found != sorted(step.offers):
        yield f"offers to tell {found}, expected {sorted(step.offers)}"
