"""The console of a Doorbell over moto, and a browser that was let in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorbell_cli.console.app import application
from doorbell_cli.console.door import Door
from doorbell_cli.console.forms import FORM_TOKEN
from doorbell_cli.console.starting import desk_of
from tests.integration.ops.conftest import doorbell, operators
from tests.integration.ops.deployed import Doorbell

__all__ = ["doorbell", "operators"]

PORT = 8123
ORIGIN = f"http://127.0.0.1:{PORT}"


@dataclass
class Browser:
    """`calls`: the AWS operations that were called since it was cleared. `before_first_byte`: how many of
    them before the last answer began to have a body."""

    client: TestClient
    door: Door
    calls: list[str]
    before_first_byte: int = 0

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return answer.text

    def send(self, path: str, status: int = 303, /, token: str | None = None, **fields: str) -> str:
        """A form of a page; where it leads, or what is said."""
        data = {FORM_TOKEN: self.door.form_token if token is None else token, **fields}
        headers = {"origin": "null", "sec-fetch-site": "same-origin"}
        answer = self.client.post(path, data=data, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.headers.get("location") or answer.text


@dataclass
class Watched:
    """The application; `on_first_byte` is told when an answer's body begins."""

    app: ASGIApp
    on_first_byte: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if not begun and message.get("body"):
                begun = True
                self.on_first_byte()
            await send(message)

        await self.app(scope, receive, sent)


type Opened = Callable[..., Browser]


@pytest.fixture
def opened(doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> Opened:
    def open_one(
        read_only: bool = False, parameters: Mapping[str, str] = MappingProxyType({}), **outputs: str | None
    ) -> Browser:
        """`outputs`: other ones of the stack; None takes one away."""
        door = Door(PORT)
        shown = {name: text for name, text in {**doorbell.target.outputs, **outputs}.items() if text}
        given = {**doorbell.target.parameters, **parameters}
        target = replace(doorbell.target, outputs=shown, parameters=given)
        app = Watched(application(desk_of(target, door, read_only)))
        client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        assert client.get(door.first_url).status_code == 303
        calls = list[str]()
        for service in ("dynamodb", "sqs", "s3", "ssm", "sts"):
            aws = doorbell.target.client(service)
            aws.meta.events.register(f"before-call.{service}", lambda model, **_: calls.append(model.name))
        made = Browser(client, door, calls)

        def begun() -> None:
            made.before_first_byte = len(calls)

        app.on_first_byte = begun
        return made

    return open_one


@pytest.fixture
def browser(opened: Opened) -> Browser:
    return opened()
