"""The console as a browser asks it, in this process, and what AWS is asked for it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from doorbell_cli.console.app import application
from doorbell_cli.console.door import Door
from doorbell_cli.console.starting import desk_of
from tests.bench.console_stand import Stand
from tests.bench.deployed import BenchError

PORT = 8123
SERVICES = ("dynamodb", "sqs", "s3", "ssm", "sts")


@dataclass
class Browser:
    """`calls`: what AWS was asked; `before_first_byte`: how often before the last answer began."""

    stand: Stand
    calls: list[str] = field(default_factory=list)
    before_first_byte: int = 0

    def __post_init__(self) -> None:
        target = self.stand.target
        for service in SERVICES:
            events = target.client(service).meta.events
            events.register("before-call", lambda model, **_: self.calls.append(model.name))
        self._door = Door(PORT)
        self._app = application(desk_of(target, self._door, False))
        self._loop, self._cookie = asyncio.new_event_loop(), b""
        _, self._cookie = self._answer(self._door.first_url.partition(str(PORT))[2])

    def page(self, path: str) -> bytes:
        return self._answer(path)[0]

    def _answer(self, path: str) -> tuple[bytes, bytes]:
        return self._loop.run_until_complete(self._ask(path))

    async def _ask(self, path: str) -> tuple[bytes, bytes]:
        plain, _, query = path.partition("?")
        headers = [(b"host", f"127.0.0.1:{PORT}".encode()), (b"cookie", self._cookie)]
        scope = {
            "type": "http", "method": "GET", "path": unquote(plain), "raw_path": plain.encode(),
            "query_string": query.encode(), "headers": headers, "scheme": "http", "http_version": "1.1",
            "server": ("127.0.0.1", PORT), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        sent = list[Any]()

        bodies = iter([b""])

        async def receive() -> dict[str, Any]:
            if next(bodies, None) is None:  # an answer in parts is listened to whether anybody still is there
                await asyncio.Event().wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message.get("body") and not any(one.get("body") for one in sent):
                self.before_first_byte = len(self.calls)
            sent.append(message)

        await self._app(scope, receive, send)
        if sent[0]["status"] not in (200, 303):
            raise BenchError(f"{path}: {sent[0]['status']} {sent[-1].get('body')!r}")
        cookie = dict(sent[0]["headers"]).get(b"set-cookie", b"").partition(b";")[0]
        return b"".join(message.get("body", b"") for message in sent[1:]), cookie
