"""Puts our changes to Rasa in place. `HUALIAO_ENGINE_PATCHES=off` leaves out the three that only
save time, so that `bench turns` can show what they save."""

import os

from bot.engine import event_types, fast_validation, interruptions, loud_failures, plain_graph


def apply() -> None:
    loud_failures.apply()
    interruptions.apply()
    if os.environ.get("HUALIAO_ENGINE_PATCHES") != "off":
        fast_validation.apply()
        event_types.apply()
        plain_graph.apply()
