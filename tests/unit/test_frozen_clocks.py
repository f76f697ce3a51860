"""A sandbox is frozen between two invocations: its running clock may stand still, its wall clock may be set.
Nothing is kept longer than either clock allows, by anything that keeps."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from doorbell.domain import clocks, refusals, refused, seldom
from doorbell.domain.clocks import CLOCKS, NEVER
from doorbell.domain.filing import Question
from doorbell.domain.health import Health
from doorbell.domain.refusals import REFUSALS, WINDOW_SECONDS, RefusalWatch
from doorbell.domain.sources import Source
from doorbell.egress import idle, oauth, recent_names, token_requests
from doorbell.egress.fetch import Fetcher
from doorbell.egress.guard import EgressPolicy
from doorbell.signatures.claim import Claim
from doorbell.signatures.special import adobe_events, certificates, kept_keys, key_sets, roots
from doorbell.store.configuration import event_types, source_pauses, sources, subscriptions
from doorbell.store.deliveries import shelf_index
from doorbell.store.dynamodb import cache
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events import read_ahead
from doorbell.store.events.events import EventTable
from doorbell.store.routes import reader
from doorbell.store.secrets import secrets
from doorbell.usecases import count_refused, waiting, write_rollups
from doorbell.usecases.tally import Tally
from tests.support import fakes
from tests.support.builders import a_request, a_subscription
from tests.support.clocks import FakeClocks
from tests.unit.signatures.cases import CASES, NOW, rsa_keys
from tests.unit.signatures.test_fetched_keys import ISSUER_URL, SNS_URL, Authority, Web
from tests.unit.usecases.test_write_rollups import Shelf

PACKAGE = Path(__file__).parents[2] / "layers" / "core" / "doorbell"
HERE = IPv4Address("192.0.2.1")


@dataclass
class Aws:
    """A table of one item, or a parameter of one value: `asked` counts how often somebody looked."""

    item: dict[str, Any] = field(default_factory=dict)
    value: str = "old"
    asked: int = 0

    def get_item(self, **_: object) -> dict[str, Any]:
        self.asked += 1
        return {"Item": marshal(self.item)}

    def query(self, **_: object) -> dict[str, Any]:
        self.asked += 1
        return {"Items": [marshal(self.item)]}

    def execute_statement(self, **_: object) -> dict[str, Any]:
        self.asked += 1
        return {"Items": []}

    def batch_get_item(self, **_: object) -> dict[str, Any]:
        self.asked += 1
        return {"Responses": {}, "UnprocessedKeys": {}}

    def get_parameter(self, **_: object) -> dict[str, Any]:
        self.asked += 1
        return {"Parameter": {"Value": self.value}}


class TokenEndpoint(Fetcher):
    def __init__(self) -> None:
        super().__init__(EgressPolicy())
        self.asked = 0

    def post_form(self, *_: object, **__: object) -> tuple[int, bytes]:
        self.asked += 1
        return 200, b'{"access_token": "t", "expires_in": 1000}'


class Connection:
    peer, is_at_rest = HERE, True

    def close(self) -> None: ...


def keeps_secrets(both: FakeClocks) -> Callable[[], int]:
    aws = Aws()
    store = secrets.SecretStore(lambda _: aws, clocks=both.clocks)

    def look() -> int:
        store.resolve(["ssm:/doorbell/x"], owner={})
        return aws.asked

    return look


def keeps_sources(both: FakeClocks) -> Callable[[], int]:
    aws = Aws({"source_id": "gh", "provider": "github", "secrets": ["ssm:/doorbell/gh"]})
    table = sources.SourceTable(aws, "Sources", lambda *_: False, lambda _: None, both.clocks)

    def look() -> int:
        table.get("gh")
        return aws.asked

    return look


def _subscriptions(both: FakeClocks) -> tuple[Aws, subscriptions.SubscriptionTable]:
    item = {"tenant_id": "a", "subscription_id": "s", "url": "https://example.com/", "signing": "none"}
    aws = Aws(item)
    return aws, subscriptions.SubscriptionTable(aws, "Subscriptions", lambda _: None, both.clocks)


def keeps_subscriptions(both: FakeClocks) -> Callable[[], int]:
    aws, table = _subscriptions(both)

    def look() -> int:
        table.get("a", "s")
        return aws.asked

    return look


def keeps_pauses_of_sources(both: FakeClocks) -> Callable[[], int]:
    aws = Aws({"source_id": "s", "paused": False})
    table = source_pauses.SourcePauseTable(aws, "Sources", both.clocks)

    def look() -> int:
        table.is_paused("s")
        return aws.asked

    return look


def keeps_pages_of_subscriptions(both: FakeClocks) -> Callable[[], int]:
    aws, table = _subscriptions(both)

    def look() -> int:
        table.page("a", None)
        return aws.asked

    return look


def keeps_schemas(both: FakeClocks) -> Callable[[], int]:
    aws = Aws({"tenant_id": "a", "event_type": "t", "json_schema": "{}"})
    table = event_types.EventTypeTable(aws, "EventTypes", both.clocks)

    def look() -> int:
        table.schema("a", "t")
        return aws.asked

    return look


def keeps_health(both: FakeClocks) -> Callable[[], int]:
    aws = Aws({"subscription_id": "a/s"})
    events, endpoints = EventTable(aws, "Events"), EndpointTable(aws, "Endpoints")
    ahead = read_ahead.ReadAhead(aws, events, endpoints, [], ["a/s"], lambda _: None, both.clocks)

    def look() -> int:
        ahead.health("a/s")
        return aws.asked

    return look


def keeps_tokens(both: FakeClocks) -> Callable[[], int]:
    endpoint = TokenEndpoint()
    source = oauth.TokenSource(endpoint, both.clocks)

    def look() -> int:
        source.token("https://auth.example.com/", "client", "secret")
        return endpoint.asked

    return look


def keeps_names(both: FakeClocks) -> Callable[[], int]:
    asked = list[str]()

    def resolver(host: str, timeout_seconds: float) -> Sequence[str]:
        asked.append(host)
        return ["8.8.8.8"]

    names = recent_names.RecentNames(resolver, clocks=both.clocks)

    def look() -> int:
        names("a.example", 5)
        return len(asked)

    return look


def keeps_connections(both: FakeClocks) -> Callable[[], int]:
    pool, opened = idle.IdleConnections(clocks=both.clocks), list[object]()
    key = idle.PoolKey("https", "a.example", 443, (None, None))

    def look() -> int:
        connection: Any = pool.take(key, [HERE])
        if connection is None:
            connection = Connection()
            opened.append(connection)
        pool.put(key, connection)
        return len(opened)

    return look


def _claim(both: FakeClocks, web: Web) -> Claim:
    return Claim(Source("s", "jwt"), a_request(), [], both.wall, {}, fetch=web)


def keeps_key_sets(both: FakeClocks) -> Callable[[], int]:
    url = "https://keys.example/jwks"
    web = Web({url: b'{"keys": [{"kty": "RSA", "kid": "k"}]}'})

    def look() -> int:
        key_sets.jwks_keys(url, "k", _claim(both, web))
        return len(web.asked)

    return look


def keeps_certificates(both: FakeClocks) -> Callable[[], int]:
    authority = Authority()
    roots._root_store[:] = [authority.root]
    web = Web({SNS_URL: authority.leaf(), ISSUER_URL: authority.middle.public_bytes(Encoding.DER)})

    def look() -> int:
        certificates.public_key(SNS_URL, _claim(both, web), names=re.compile("sns.amazonaws.com"))
        return [url for url, _ in web.asked].count(SNS_URL)

    return look


def keeps_published_keys(both: FakeClocks) -> Callable[[], int]:
    request = CASES["adobe-events"].signed()
    web = Web({adobe_events.HOST + request.headers["x-adobe-public-key1-path"]: rsa_keys()[1].encode()})

    def look() -> int:
        adobe_events.check(replace(_claim(both, web), request=request))
        return len(web.asked)

    return look


def keeps_whether_its_indexes_are_there(both: FakeClocks) -> Callable[[], int]:
    aws = Aws()
    shelves = shelf_index.ShelfIndex(aws, "Events", lambda until: [], both.clocks)

    def look() -> int:
        assert shelves.ready()
        return aws.asked

    return look


def keeps_away_from_a_store_that_failed(both: FakeClocks) -> Callable[[], int]:
    watch, asked = refused.KeepingWatch(both.clocks), list[float]()

    def look() -> int:
        if watch.may_ask("s", both.wall):
            asked.append(both.wall)
            watch.failed()
        return len(asked)

    return look


def keeps_away_from_the_rollups_that_failed(both: FakeClocks) -> Callable[[], int]:
    tally, shelf = Tally(), Shelf(fakes.unavailable())
    metrics, log = fakes.RecordingMetrics(), fakes.RecordingLog()
    write = write_rollups.WriteRollups(tally, shelf, metrics, log, clocks=both.clocks)

    def look() -> int:
        tally.accepted("a", "s", both.wall)
        write()
        return shelf.asked

    return look


def keeps_refusals_for_a_minute(both: FakeClocks) -> Callable[[], int]:
    written = list[object]()
    count = count_refused.CountRefused(Tally(), written.append, both.clocks)

    def look() -> int:
        count(Source("s", "github"), "signature_mismatch", both.wall)
        return len(written)

    return look


def keeps_who_may_want_an_event(both: FakeClocks) -> Callable[[], int]:
    """That all have to be asked is kept as long here: there is no certificate."""
    aws = Aws()
    asked = Question("gh", ("push",), lambda path: None)
    table = reader.RouteReader(
        aws, "Routes", lambda: both.wall, lambda _: None, both.clocks, without=reader.CACHE_SECONDS
    )

    def look() -> int:
        table.concerning("a", asked)
        return aws.asked

    return look


def keeps_what_was_said(both: FakeClocks) -> Callable[[], int]:
    said, count = seldom.Seldom(both.clocks), list[str]()

    def look() -> int:
        if said.may("x"):
            count.append("x")
        return len(count)

    return look


def keeps_a_look_at_an_endpoint(both: FakeClocks) -> Callable[[], int]:
    looked, count = waiting.Looked(both.clocks), list[int]()
    subscription = a_subscription(paused=True)

    def look() -> int:
        if not looked.sleeps(subscription, both.wall):
            looked.keep(subscription, Health(), both.clocks.now(), both.wall)
            count.append(1)
        return len(count)

    return look


KEEPERS: dict[str, tuple[ModuleType, Callable[[FakeClocks], Callable[[], int]], float]] = {
    "secrets": (secrets, keeps_secrets, secrets.TTL_SECONDS),
    "sources": (sources, keeps_sources, sources.CACHE_SECONDS),
    "subscriptions": (subscriptions, keeps_subscriptions, subscriptions.CACHE_SECONDS),
    "pages of subscriptions": (subscriptions, keeps_pages_of_subscriptions, subscriptions.CACHE_SECONDS),
    "pauses of sources": (source_pauses, keeps_pauses_of_sources, source_pauses.CACHE_SECONDS),
    "event types": (event_types, keeps_schemas, event_types.CACHE_SECONDS),
    "health read ahead": (read_ahead, keeps_health, read_ahead.FRESH_SECONDS + 0.1),
    "tokens": (oauth, keeps_tokens, 1000 - token_requests.MARGIN_SECONDS),
    "names": (recent_names, keeps_names, recent_names.KEPT_SECONDS),
    "connections": (idle, keeps_connections, idle.MAX_IDLE_SECONDS),
    "key sets": (key_sets, keeps_key_sets, key_sets.JWKS_SECONDS),
    "certificates": (certificates, keeps_certificates, certificates.CHECK_SECONDS),
    "published keys": (adobe_events, keeps_published_keys, adobe_events.HOUR),
    "who may want an event": (reader, keeps_who_may_want_an_event, reader.CACHE_SECONDS),
    "indexes": (shelf_index, keeps_whether_its_indexes_are_there, shelf_index.READY_SECONDS),
    "refusals": (count_refused, keeps_refusals_for_a_minute, count_refused.EVERY_SECONDS),
    "rollups that failed": (
        write_rollups,
        keeps_away_from_the_rollups_that_failed,
        write_rollups.PAUSE_SECONDS,
    ),
    "looks at endpoints": (waiting, keeps_a_look_at_an_endpoint, waiting.LOOKED_SECONDS),
    "what was said": (seldom, keeps_what_was_said, seldom.HOUR),
    "a store that failed": (refused, keeps_away_from_a_store_that_failed, refused.PAUSE_SECONDS),
}
"""Who keeps what, and for how many seconds."""


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeClocks]:
    fakes = FakeClocks(wall=NOW)
    for module in (key_sets, certificates, adobe_events):  # the wall's time comes with the claim
        monkeypatch.setattr(module, "CLOCKS", fakes.clocks)
    certificates._kept.clear()
    adobe_events._kept.clear()
    key_sets._jwks.clear()
    yield fakes
    roots._root_store.clear()


@pytest.mark.parametrize("still", ["running", "wall", "neither"])
@pytest.mark.parametrize("name", KEEPERS)
def test_what_is_kept_is_looked_at_anew_whichever_clock_stood_still(
    name: str, still: str, both: FakeClocks
) -> None:
    _, keeper, seconds = KEEPERS[name]
    look = keeper(both)
    first = look()
    both.advance(seconds * 0.9, running=still != "running", wall=still != "wall")
    assert look() == first
    both.advance(seconds, running=still != "running", wall=still != "wall")
    assert look() == first + 1


@pytest.mark.parametrize("name", KEEPERS)
def test_what_is_kept_is_looked_at_anew_after_the_wall_clock_was_set_back(
    name: str, both: FakeClocks
) -> None:
    _, keeper, seconds = KEEPERS[name]
    look = keeper(both)
    first = look()
    both.advance(-seconds, running=False)
    assert look() == first + 1


@pytest.mark.parametrize("still", ["running", "wall"])
def test_a_secret_overwritten_while_the_sandbox_was_frozen_is_found_at_the_first_mismatch(
    still: str, both: FakeClocks
) -> None:
    aws = Aws()
    store = secrets.SecretStore(lambda _: aws, clocks=both.clocks)
    reference = ["ssm:/doorbell/x"]
    assert store.resolve(reference, owner={}) == ("old",)
    aws.value = "new"
    both.advance(60, running=still != "running", wall=still != "wall")
    assert store.forget(reference)
    assert store.resolve(reference, owner={}) == ("new",)


@pytest.mark.parametrize("still", ["running", "wall"])
def test_refusals_after_a_freeze_are_a_window_of_their_own(still: str, both: FakeClocks) -> None:
    watch = RefusalWatch(both.clocks)
    for _ in range(3):
        assert sum(watch.refused("s") for _ in range(REFUSALS + 5)) == 1
        both.advance(WINDOW_SECONDS, running=still != "running", wall=still != "wall")


def test_what_has_never_been_is_infinitely_old() -> None:
    assert CLOCKS.age(NEVER) == float("inf")
    assert 0 <= CLOCKS.age(CLOCKS.now()) < 60


BELOW = (clocks, refusals, cache, kept_keys)
"""The clocks themselves, the watch that is tested above, and what is under tables and certificates."""
WITHIN_A_REQUEST = {"egress/client.py", "egress/transport.py", "egress/fetch.py", "runtime/targets.py"}
"""Durations and deadlines."""


def names_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return {getattr(node, "attr", getattr(node, "id", "")) for node in nodes}


def test_nothing_else_keeps_anything_by_one_clock() -> None:
    """Whoever reads a running clock measures within a request; whoever keeps has a test above."""
    used = {path: names_in(path) for path in PACKAGE.rglob("*.py")}
    running = {str(path.relative_to(PACKAGE)) for path, names in used.items() if "monotonic" in names}
    keepers = {path for path, names in used.items() if names & {"Clocks", "CLOCKS"}}
    tested = {Path(str(module.__file__)) for module in (*BELOW, *(keeper[0] for keeper in KEEPERS.values()))}
    assert running == WITHIN_A_REQUEST | {"domain/clocks.py"}
    assert keepers == tested
