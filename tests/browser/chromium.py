"""The browser of the tests: Debian's Chromium, never a silent skip."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # everything but loopback is unreachable, so a page that asks outside fails its test
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


def chromium_path() -> str:
    chosen = os.environ.get("HUALIAO_CHROMIUM")
    found = chosen or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail(
            "No Chromium was found for the browser tests. On Debian or Ubuntu: "
            "apt-get update && apt-get install -y chromium fonts-noto-cjk "
            "(or name one by HUALIAO_CHROMIUM).",
            pytrace=False,
        )
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """A module's browser: its loop ends with it, for other tests run loops of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()
