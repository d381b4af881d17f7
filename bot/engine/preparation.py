"""What must happen before the first `import rasa`. The only place that touches `sys.path`."""

import importlib.metadata
import logging
import os
import sys
from pathlib import Path

RASA = "3.6.21"
_STAND_IN = Path(__file__).parents[1] / "without_tensorflow"


class WrongRasaError(SystemExit):
    """Our changes to Rasa were measured against one version and are not applied to another."""


def prepare() -> None:
    """Call first in every command of `bot/`; refuses any Rasa but the one our changes hold for."""
    found = importlib.metadata.version("rasa")
    if found != RASA:
        raise WrongRasaError(
            f"bot/engine is written for Rasa {RASA}, found {found}: "
            "read each file there, measure again, then change RASA"
        )
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"  # Rasa otherwise calls outside at every command
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # what Rasa imports warns of what it imports; filters do not last, because they are reset there
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.CRITICAL)
    if str(_STAND_IN) not in sys.path:
        sys.path.insert(0, str(_STAND_IN))
    _quiet_structlog()


def _quiet_structlog() -> None:
    """Unconfigured, Rasa's second logger prints every message it reads, word for word."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
