"""What a listener is asked for: where to, under which name, of what."""

import getpass
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from doorbell.egress.guard import check_url
from doorbell_cli.listening.here import why_not_here
from doorbell_cli.listening.ringer import ANYWHERE

MAX_NAME = 48
_NAME = re.compile(rf"[A-Za-z0-9_.-]{{1,{MAX_NAME}}}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """As it was asked for. `fields` are the subscription's: `event_types`, `filter`, …"""

    url: str
    tenant_id: str
    name: str
    fields: Mapping[str, Any]
    secret: str | None = None
    events: Sequence[str] = ()
    retries: bool = False
    stays: bool = False
    timeout: float = 30.0
    most: int | None = None
    as_json: bool = False


class Elsewhere(Exception):
    """The URL is not this machine's; the message says so, and what to do."""


def url_of(text: str, *, anywhere: bool) -> str:
    """`localhost:3000/hooks` is http. Raises `GuardError` for what is no URL, and `Elsewhere`."""
    url = text if "://" in text else f"http://{text}"
    checked = check_url(url, ANYWHERE)
    host = checked.host if checked.address is None else str(checked.address)
    if not anywhere and (why := why_not_here(host)):
        raise Elsewhere(f"{why} Events would leave it. If that is what you want, add --anywhere.")
    return url


def name_of(given: str | None, url: str) -> str:
    """The given one, or user, host and port: the same on the same machine. Raises `ValueError`."""
    if given is not None:
        if _NAME.fullmatch(given) is None or not given.strip("."):
            raise ValueError(f"1 to {MAX_NAME} letters, digits, _ . -, and not only dots")
        return given
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = socket.gethostname().partition(".")[0]
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{getpass.getuser()}-{host}"[: MAX_NAME - 6]) + f"-{port}"
