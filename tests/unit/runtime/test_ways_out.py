"""The ways out as they are put together for the functions: each asks the guard, by the stack's settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from doorbell.domain.company import Company
from doorbell.domain.errors import DoorbellError
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.subscriptions import OAuth
from doorbell.runtime import configuring, egress, inbound, recorded, targets, wiring
from doorbell.runtime.settings import Settings
from doorbell.targets.service import ANSWER_SECONDS, Way

INSIDE = [
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://inside.local/x",
    "https://example.com:22/x",
    "http://example.com/x",
]
CACHED = (
    *(egress.policy, egress.transport, egress.fetcher, egress.tokens),
    *(recorded.sender, configuring.checks, targets.roles),
)
type WayOut = Callable[[str], str | None]


def _settings(monkeypatch: pytest.MonkeyPatch, given: Settings) -> None:
    for module in (egress, recorded):
        monkeypatch.setattr(module, "settings", lambda: given)
    for one in CACHED:
        one.cache_clear()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _settings(monkeypatch, Settings())
    yield
    for one in CACHED:
        one.cache_clear()


def a_delivery(url: str) -> str | None:
    return recorded.sender().send(OutboundRequest(url, (), b"{}", 1.0)).error


def a_token(url: str) -> str | None:
    try:
        return egress.tokens().token_for(OAuth(url, "client", "ssm:/secret"), "secret")
    except DoorbellError as error:
        return str(error)


def a_certificate(url: str) -> str | None:
    try:
        inbound.GuardedFetch().get(url, allowed_hosts=lambda host: True, max_bytes=9, timeout_seconds=1.0)
    except DoorbellError as error:
        return str(error)
    return None


def what_a_provider_lists(url: str) -> str | None:
    try:
        egress.transport().exchange(OutboundRequest(url, (), b"", 1.0, "GET"), 9)
    except DoorbellError as error:
        return str(error)
    return None


def what_a_subscription_may_name(url: str) -> str | None:
    check = configuring.checks().url
    assert check is not None
    return check(url)


WAYS = [a_delivery, a_token, a_certificate, what_a_provider_lists, what_a_subscription_may_name]


@pytest.mark.parametrize("url", INSIDE)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_way_out_leads_inside_or_to_another_port_or_past_tls(way: WayOut, url: str) -> None:
    """Sockets are off here: who got past the guard would fail otherwise."""
    said = way(url)
    assert said
    if way is not what_a_subscription_may_name:
        assert "_refused" in said


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("http://example.com/x", Settings(egress_allow_http=True, egress_allowed_ports=None)),
        ("https://example.com:22/x", Settings(egress_allowed_ports=frozenset({22}))),
        ("https://10.0.0.1/x", Settings(egress_allowed_cidrs=("10.0.0.0/8",))),
    ],
)
def test_what_a_stack_allows_may_be_named(url: str, given: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert what_a_subscription_may_name(url)
    _settings(monkeypatch, given)
    assert what_a_subscription_may_name(url) is None


def test_what_is_for_a_target_goes_to_its_service_with_those_of_its_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    went = list[tuple[OutboundRequest, Company | None]]()
    taken = Outcome(200, None, "", None, "", 1)

    def noted(request: OutboundRequest, company: Company | None) -> Outcome:
        went.append((request, company))
        return taken

    monkeypatch.setattr(targets, "send_to_target", noted)
    company = Company({"acme/a": 2})
    request = OutboundRequest("arn:aws:sqs:eu-west-1:123456789012:orders", (), b"{}", 1.0)
    assert replace(recorded.sender(), company=company).send(request) is taken
    assert went == [(request, company)]


def test_a_target_with_a_role_is_sent_to_with_that_roles_session(monkeypatch: pytest.MonkeyPatch) -> None:
    made, theirs = list[tuple[str, Mapping[str, str]]](), object()

    class Sts:
        def assume_role(self, *, RoleArn: str, ExternalId: str, **_: Any) -> dict[str, Any]:
            end = datetime.now(UTC) + timedelta(hours=1)
            told = {"AccessKeyId": RoleArn, "SecretAccessKey": "s", "SessionToken": ExternalId}
            return {"Credentials": {**told, "Expiration": end}}

    def of_its_own(service: str, *_: Any) -> Sts:
        made.append((service, {}))
        return Sts()

    def of_a_session(service: str, *_: Any, **given: str) -> object:
        made.append((service, given))
        return theirs

    monkeypatch.setattr(targets, "regional_client", of_its_own)
    monkeypatch.setattr(targets, "new_client_of", of_a_session)
    way = Way("kinesis", "eu-west-1", role_arn="arn:theirs", external_id="acme/a")
    assert targets.roles().client(way) is theirs
    session = {"aws_access_key_id": "arn:theirs", "aws_secret_access_key": "s", "aws_session_token": "acme/a"}
    assert made == [("sts", {}), ("kinesis", session)]


@pytest.mark.parametrize("seconds", [3, ANSWER_SECONDS, 20])
def test_a_target_s_client_waits_as_long_as_its_way_says_and_tries_once(
    seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    meta = wiring.regional_client("kinesis", "eu-west-1", seconds).meta
    assert (meta.service_model.service_name, meta.region_name) == ("kinesis", "eu-west-1")
    assert meta.config.read_timeout == seconds
    assert meta.config.retries["total_max_attempts"] == 1
