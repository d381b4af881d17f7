"""Is somebody in danger? Asked before anything else, and needing nothing but the project's lists.

No tagger, no engine, and a trained model only where there is one: whatever else is broken, this
answers.
"""

from collections.abc import Callable
from functools import cache

from backend_api.understanding.analysis import Crisis
from backend_api.understanding.crisis import DANGER, Lexicon, find_crisis, script_of
from backend_api.understanding.danger import Danger, find_danger
from backend_api.understanding.models import DATA, crisis_lexicon, simplifier
from backend_api.understanding.normal import normalise, scrubbed


def judge_crisis(pieces: list[str], before: str = "", learnt: Danger | None = None) -> Crisis:
    """The worst of what these messages say, each for itself and put together.

    People type in pieces, so `before` (their last words of the turn before) may begin a sentence
    that ends here. Words that were a danger by themselves were answered then and begin no other:
    昨晚又打 and 我到我妈家了 are two things. `learnt`: the classifier, where one is trained; it
    may raise what the lists do not.
    """
    whole = _normal(before + "".join(pieces))
    told = dict.fromkeys([*pieces, "".join(pieces)])
    readings = [_judged(text, whole, learnt) for text in told]
    if before and _judged(before, whole, learnt).level < DANGER:
        readings.append(_put_together(whole, len(scrubbed(before))))
    return max(readings, key=lambda crisis: crisis.level)


def crisis_script(kind: str, said: str) -> str:
    """Which text answers this danger: by what is said, else by its kind."""
    return script_of(kind, _normal(said), _tools()[1])


def is_child_speaking(said: str) -> bool:
    """Of somebody in danger: they say how old they are, or what only a child says."""
    return _tools()[1].young.search(_normal(said)) is not None


def _judged(text: str, whole: str, learnt: Danger | None) -> Crisis:
    return find_danger(_normal(text), _tools()[1], learnt, whole)


def _put_together(whole: str, beyond: int) -> Crisis:
    """A sentence of two turns. What it sounds like is judged message by message, not here."""
    found = find_crisis(whole, _tools()[1], whole)
    return found if any(span.end > beyond for span in found.evidence) else Crisis()


def _normal(text: str) -> str:
    return normalise(scrubbed(text), _tools()[0]).text


@cache
def _tools() -> tuple[Callable[[str], str], Lexicon]:
    return simplifier(), crisis_lexicon(DATA)
