"""Requests that `doorbell listen` keeps, a file each, and `doorbell ring` rings again."""

import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doorbell.domain.headers import OF_THE_MESSAGE, is_our_name
from doorbell_cli.ops.samples import SampleError

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Kept:
    """`at` is epoch seconds."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def write(self, folder: Path, **more: object) -> Path:
        """A new file, for its owner alone: headers can hold credentials. Raises `OSError`."""
        at = datetime.fromtimestamp(self.at, UTC)
        kind = _NOT_IN_A_NAME.sub("_", self.headers.get("doorbell-event-type", self.method))[:80]
        document = {"at": at.isoformat(), "method": self.method, "path": self.path, **more}
        document |= {"headers": dict(self.headers), **_body_fields(self.body)}
        path = folder / f"{at:%Y%m%dT%H%M%S.%f}-{kind}.json"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return path

    @property
    def rung(self) -> tuple[dict[str, str], bytes]:
        """Headers and body as the provider rang, without what Doorbell and the connection added. Raises
        `SampleError` where the body is not the provider's."""
        if any(name.startswith("doorbell-original-content-") for name in self.headers):
            raise SampleError(
                "its body is not the provider's: only a delivery with `body: raw` can be rung again"
            )
        theirs = {
            name: value
            for name, value in self.headers.items()
            if not is_our_name(name) and name not in OF_THE_MESSAGE and name != "connection"
        }
        return theirs, self.body


def read(path: Path) -> Kept:
    """Raises `SampleError` for what is no such file."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        body = document["body"].encode() if "body" in document else b64decode(document["body_base64"])
        headers = {str(name).lower(): str(value) for name, value in document["headers"].items()}
        at = datetime.fromisoformat(document["at"]).timestamp()
        return Kept(at, str(document["method"]), str(document["path"]), headers, body)
    except OSError as error:
        raise SampleError(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SampleError(f"{path}: not a request that `doorbell listen --keep` wrote") from None


def _body_fields(body: bytes) -> dict[str, str]:
    """As text where it is some: people read these files."""
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(body).decode()}
