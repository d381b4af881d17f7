"""Look an event's class up by its name in a table instead of walking the class tree.

Rasa 3.6.21 lists all subclasses of `Event` for every event it reads: each action call
deserialises several, and a rebuilt tracker one per stored event.
"""

from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

_original = Event.resolve_by_type
_by_name: dict[str, type[Event]] = {}


def _resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    if not _by_name:
        # the first class of a name wins in Rasa's walk, so it is written last
        _by_name.update({each.type_name: each for each in reversed(all_subclasses(Event))})
    if type_name in _by_name:
        return _by_name[type_name]
    return _original(type_name, default)


def apply() -> None:
    Event.resolve_by_type = staticmethod(_resolve_by_type)
