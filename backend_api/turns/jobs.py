"""The job that keeps the promise made when a message was stored."""

import logging
import traceback
from pathlib import Path
from uuid import UUID

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from backend_api.conversations.service import TURN_JOB
from backend_api.core import logs
from backend_api.core.clock import now
from backend_api.core.jobs import Jobs
from backend_api.turns.rules import GIVE_UP_AT, TELL_DELAY_AT, wait_before_retry
from backend_api.turns.service import AGAIN_JOB, Turns

log = logging.getLogger(__name__)


class _UntilGivenUp(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        wait = wait_before_retry(job.attempts)
        return RetryDecision(retry_at=now() + wait) if wait is not None else None


def register(jobs: Jobs, turns: Turns) -> None:
    """Every worker registers every job."""

    @jobs.task(name=TURN_JOB, retry=_UntilGivenUp(), pass_context=True)
    async def run_turn(context: JobContext, conversation: str, request: str | None = None) -> None:
        attempts = context.job.attempts
        with logs.bound(request):
            try:
                await turns.run(UUID(conversation), attempts=attempts)
            except Exception as exc:  # noqa: BLE001 - the one boundary: the citizen is told, the job retried
                await _tell(turns, UUID(conversation), attempts, exc)

    @jobs.task(name=AGAIN_JOB)
    async def try_again(conversation: str, request: str | None = None) -> None:
        with logs.bound(request):
            await turns.promise_again(UUID(conversation))

    del run_turn, try_again


async def _tell(turns: Turns, conversation: UUID, attempts: int, failure: Exception) -> None:
    """Raises the failure again, so that the job is retried, until it is time to give up."""
    log.warning(
        "turn failed",
        extra={
            "conversation": str(conversation),
            "attempts": attempts,
            "failure": type(failure).__name__,
            "line": _line_of(failure),
        },
    )
    if attempts >= GIVE_UP_AT - 1:
        log.error("turn given up", extra={"conversation": str(conversation)})
        await turns.give_up(conversation, attempts=attempts, failure=failure)
        return
    if attempts == TELL_DELAY_AT:
        await turns.tell_delay(conversation)
    raise failure


def _line_of(failure: Exception) -> str:
    """Where it happened. The exception's own words may hold a citizen's: they are not logged."""
    frames = traceback.extract_tb(failure.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
