"""What a dialogue needs between its turns, beside the draft: no words and no values. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

Stored = dict[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class DialogueState:
    """A conversation's `state`; what is as at the beginning is not stored."""

    # the notice about the service and personal data has been given
    noticed: bool = False
    # the open question, and the seq up to which messages were written before it was put
    asking: str | None = None
    asked_seq: int = 0
    form: str | None = None
    # how many times in a row nothing was understood
    misunderstood: int = 0
    # fields to be stated anew, separated by blanks
    reopened: str = ""
    # the item whose right value was asked for last
    changing: str = ""
    # more of the case that was filed was announced, and is to come
    adding: bool = False
    # the case whose status was shown here last; empty once another was filed or not found
    case: str = ""
    # wrong numbers and codes, in all
    wrong_codes: int = 0
    # matters that were told beside the open one
    parked: int = 0
    # to go on with one of them was the last thing that was offered
    parked_offered: bool = False
    # a person was offered with the last thing said: a yes is about that
    person_offered: bool = False
    # what more may be told was offered, for the open draft
    offered: bool = False
    # how many times safety was asked for since a cry for help; 0: no crisis
    crisis: int = 0
    # what the danger was: its kind in the word list; of no meaning without a crisis
    crisis_kind: str = ""
    # a child told of a danger: what is said in the next one is said to a child, too
    child: bool = False
    # keys of the advice about violence that was given, separated by blanks
    advised: str = ""
    # the last message about which a delay was told, or the truth
    delayed_seq: int = 0
    given_up_seq: int = 0

    def stored(self) -> Stored:
        """As JSON keeps it."""
        return {name: value for name, value in asdict(self).items() if value != _BEGINNING[name]}


_BEGINNING = {one.name: one.default for one in fields(DialogueState)}


def state_of(stored: Mapping[str, str | int | bool | None]) -> DialogueState:
    """What an older or newer release stored beside it is left out."""
    known = {name: value for name, value in stored.items() if name in _BEGINNING}
    return DialogueState(**known)  # type: ignore[arg-type] # written by `stored` alone
