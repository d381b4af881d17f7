"""`python -m bot.run`: the engine process, on 127.0.0.1 only.

It accepts connections once the model is loaded and a first message has been parsed (the first
parse costs half a second): as soon as `/healthz` answers, the engine is ready.
"""

import gc
import json
import logging
import os
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

from bot.engine.preparation import prepare

_NEEDED = (
    "HUALIAO_ENGINE_PORT",
    "HUALIAO_ENGINE_TOKEN",
    "HUALIAO_ENGINE_MODEL",
    "HUALIAO_ACTIONS_URL",
    "HUALIAO_ACTIONS_TOKEN",
)


class JsonLines(logging.Formatter):
    """One object a line. Of an exception only its kind: its text may quote a citizen."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "where": record.name,
            "event": record.getMessage() if record.name.startswith("bot.") else record.msg,
            "process": "engine",
        }
        ids = {key: record.__dict__.get(key) for key in ("request", "turn", "why")}
        line.update({key: value for key, value in ids.items() if value is not None})
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)


def settings() -> dict[str, str]:
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    if missing:
        raise SystemExit(f"the engine needs {', '.join(missing)} in its environment")
    if not Path(os.environ["HUALIAO_ENGINE_MODEL"]).is_file():
        raise SystemExit("HUALIAO_ENGINE_MODEL names no file: run `python -m bot.train` first")
    return {name: os.environ[name] for name in _NEEDED}


def webhook_of(actions: str) -> str:
    """The address of the action server, with or without the route it is called at."""
    return actions.rstrip("/").removesuffix("/webhook") + "/webhook"


def must_be_free(port: int) -> None:
    """Sanic would log the failure and end with exit code 0."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as exc:
            raise SystemExit(f"the engine's port {port} cannot be used: {exc.strerror}") from exc


def log_as_json() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("bot").setLevel(logging.INFO)


async def warm_up(app: Any, _: Any) -> None:
    agent = app.ctx.agent
    if not agent.is_ready():
        raise SystemExit("the model could not be loaded")
    for text in ("您好", "小区楼下的烧烤店每天晚上吵到两点,没人管"):
        await agent.parse_message(text)
    # What is loaded now stays: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()


def serve(found: dict[str, str]) -> None:
    from rasa.core.run import configure_app, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig
    from sanic.response import text

    from bot.channel import TurnChannel
    from bot.engine import changes

    changes.apply()
    endpoints = AvailableEndpoints(
        action=EndpointConfig(
            url=webhook_of(found["HUALIAO_ACTIONS_URL"]), token=found["HUALIAO_ACTIONS_TOKEN"]
        ),
        tracker_store=EndpointConfig(type="bot.engine.turn_store.TurnStore"),
    )
    port = int(found["HUALIAO_ENGINE_PORT"])
    channel = TurnChannel(found["HUALIAO_ENGINE_TOKEN"])
    app = configure_app([channel], enable_api=False, port=port, endpoints=endpoints)
    app.config.REQUEST_MAX_SIZE = 256 * 1024
    app.add_route(lambda _: text("ok"), "/healthz", methods=["GET"])
    load = partial(load_agent_on_start, found["HUALIAO_ENGINE_MODEL"], endpoints, None)
    app.register_listener(load, "before_server_start")
    app.register_listener(warm_up, "before_server_start")
    log_as_json()
    logging.getLogger("bot.run").info("engine starts")
    app.run(host="127.0.0.1", port=port, access_log=False)


def main() -> None:
    found = settings()
    must_be_free(int(found["HUALIAO_ENGINE_PORT"]))
    prepare()
    serve(found)


if __name__ == "__main__":
    main()
