"""Posters from the command line: what is wanted, where the code leads, the file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from backend_api.operations import state
from backend_api.operations.folders import DataFolder
from backend_api.operations.messages import FailureError
from backend_api.operations.programs import PUBLIC_URL, reachable

if TYPE_CHECKING:  # a second of importing that most commands do without
    from backend_api.organisation.models import Site
    from backend_api.sites.poster import Form, Size

USUAL = "http://127.0.0.1:8080"


def wanted(size: str, form: str) -> "tuple[Size, Form]":
    from backend_api.sites.poster import Form, Size

    try:
        return Size(size.upper()), Form(form.lower())
    except ValueError as error:
        raise FailureError("poster_choice_wrong") from error


def public_address(data: DataFolder, given: str) -> str:
    """As given, else of the environment, else where the service runs on this machine."""
    running = state.running(data)
    here = f"http://{reachable(running.host)}:{running.port}" if running else USUAL
    chosen = given or os.environ.get(PUBLIC_URL, "").strip() or here
    parts = urlsplit(chosen)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FailureError("poster_address_wrong", address=chosen)
    return chosen.rstrip("/")


def is_local(address: str) -> bool:
    from backend_api.core.http import is_loopback

    host = urlsplit(address).hostname or ""
    return host == "localhost" or is_loopback(host)


def write(file: Path, site: "Site", base: str, wanted: "tuple[Size, Form]") -> None:
    """A file that is there already is replaced: a poster is made anew at any time."""
    from backend_api.sites.poster import Place, poster
    from backend_api.sites.rules import page_address

    place = Place(site.name, site.place, page_address(base, site.code))
    size, form = wanted
    file.write_bytes(poster(place, size=size, form=form))
