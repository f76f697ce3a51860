"""An event, a subscription and a composer, each with what a test wants different."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from doorbell.domain.errors import SecretMissing
from doorbell.domain.events import BodyAt
from doorbell.domain.records import Incoming, StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.compose import Composer

RECEIVED_AT = 1_700_000_000.25
BODY = b'{"action":"opened","number":7}'


@dataclass
class Vault:
    """Secrets by reference; remembers who asked."""

    secrets: dict[str, str] = field(default_factory=lambda: {"ssm:/sign": "s1", "ssm:/old": "s0"})
    asked: list[tuple[tuple[str, ...], dict[str, str]]] = field(default_factory=list)

    def resolve(self, references: Sequence[str], *, owner: Mapping[str, str]) -> tuple[str, ...]:
        self.asked.append((tuple(references), dict(owner)))
        try:
            return tuple(self.secrets[reference] for reference in references)
        except KeyError as error:
            raise SecretMissing(error.args[0], "not there") from None


def sign_plainly(
    form: str, secrets: Sequence[str], webhook_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Shows what it was given, so that a test can see it."""
    name = "X-Hub-Signature-256" if form == "github" else "webhook-signature"
    return {name: f"{form}|{'+'.join(secrets)}|{webhook_id}|{timestamp}|{len(body)}"}


@pytest.fixture(scope="session")
def make_event() -> Callable[..., StoredEvent]:
    def make(body: bytes = BODY, **changes: Any) -> StoredEvent:
        incoming = Incoming(
            ingest_id="ing_1",
            event_id="evt_1",
            tenant_id="acme",
            source_id="github-main",
            provider="github",
            event_type="pull_request.opened",
            dedupe_window_seconds=3600,
            received_at=RECEIVED_AT,
            content_type="application/json",
            headers={"content-type": "application/json", "x-github-event": "pull_request"},
            body=BodyAt(size=len(body), inline=body),
        )
        incoming = replace(incoming, **changes)
        return StoredEvent("evt_1_2", incoming, 2, RECEIVED_AT, RECEIVED_AT + 3600, 1_800_000_000)

    return make


@pytest.fixture(scope="session")
def make_subscription() -> Callable[..., Subscription]:
    def make(**changes: Any) -> Subscription:
        base = Subscription("acme", "sub_1", "https://example.com/hook", secrets=("ssm:/sign", "ssm:/old"))
        return replace(base, **changes)

    return make


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def composer(vault: Vault) -> Composer:
    return Composer(secrets=vault, sign=sign_plainly, version="9.9.9")
