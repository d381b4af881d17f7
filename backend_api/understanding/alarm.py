"""Is somebody in danger? Asked before anything else, and needing nothing but the word list.

No trained model, no tagger: whatever else is broken, this answers.
"""

from collections.abc import Callable
from functools import cache

import yaml

from backend_api.understanding.analysis import Crisis
from backend_api.understanding.crisis import Lexicon, find_crisis, lexicon, script_of
from backend_api.understanding.models import DATA, simplifier
from backend_api.understanding.normal import normalise, scrubbed


def judge_crisis(pieces: list[str], before: str = "") -> Crisis:
    """The worst of what these messages say, each for itself and put together.

    People type in pieces, so `before` (their last words of the turn before) may begin a sentence
    that ends here; danger that lies wholly in it was answered then and does not count again.
    """
    simplify, words = _tools()

    def normal(text: str) -> str:
        return normalise(scrubbed(text), simplify).text

    after = "".join(pieces)
    whole = normal(before + after)

    def judged(text: str, beyond: int = 0) -> Crisis:
        found = find_crisis(normal(text), words, whole)
        return found if any(span.end > beyond for span in found.evidence) else Crisis()

    readings = [*map(judged, pieces), judged(after), judged(before + after, len(scrubbed(before)))]
    return max(readings, key=lambda crisis: crisis.level)


def crisis_script(kind: str, said: str) -> str:
    """Which text answers this danger: by what is said, else by its kind."""
    simplify, words = _tools()
    return script_of(kind, normalise(scrubbed(said), simplify).text, words)


@cache
def _tools() -> tuple[Callable[[str], str], Lexicon]:
    raw = yaml.safe_load((DATA / "crisis" / "lexicon.yml").read_text(encoding="utf-8"))
    return simplifier(), lexicon(raw)
