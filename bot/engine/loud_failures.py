"""Record every action that failed, so that the channel can answer 503.

Rasa 3.6.21 logs an exception in an action and goes on: the citizen then gets `200 []`, or a
question from stale slots, and the turn looks done (measured with the action server stopped).
"""

from contextvars import ContextVar
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.processor import MessageProcessor

FAILED: ContextVar[list[str]] = ContextVar("actions that failed in this turn")

_run_action = MessageProcessor._run_action


class _Watched:
    """An action that reports its failure before Rasa swallows it."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    async def run(self, *arguments: Any, **named: Any) -> Any:
        try:
            return await self._action.run(*arguments, **named)
        except ActionExecutionRejection:
            if isinstance(self._action, RemoteAction):  # an action server's 400 is a failure too
                _record(self._action.name(), "rejected")
            raise
        except Exception as exc:
            _record(self._action.name(), type(exc).__name__)
            raise


def _record(action: str, why: str) -> None:
    failed = FAILED.get(None)
    if failed is not None:
        failed.append(f"{action}: {why}")


async def _run_watched(self: MessageProcessor, action: Action, *arguments: Any) -> bool:
    return await _run_action(self, _Watched(action), *arguments)


def apply() -> None:
    MessageProcessor._run_action = _run_watched
