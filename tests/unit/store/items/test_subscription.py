"""A subscription as people write it becomes a Subscription, or an error that names the item and the field."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from doorbell.domain.errors import ConfigError
from doorbell.domain.failures import OF_ONE_EVENT
from doorbell.domain.matching import Reason, match
from doorbell.domain.requests import RawRequest
from doorbell.domain.retry import PRESETS, RetryPolicy
from doorbell.domain.subscriptions import OAuth, Subscription
from doorbell.signatures.facts import Facts
from doorbell.signatures.naming import event_type as named_type
from doorbell.store.items.models import Checks, SubscriptionItem, load_subscription, problems

LEAST: dict[str, Any] = {
    "tenant_id": "default",
    "subscription_id": "audit",
    "url": "https://hooks.example.com/doorbell?x=1",
    "secrets": ["ssm:/doorbell/audit"],
}
OAUTH = {
    "token_url": "https://id.example.com/token",
    "client_id": "c",
    "client_secret_ref": "ssm:/o",
    "scope": "a b",
}
FULL: dict[str, Any] = {
    **LEAST,
    "enabled": False,
    "description": "to the audit log",
    "sources": ["github-main"],
    "event_types": ["invoice.*", "push"],
    "filter": "body.action == 'opened'",
    "transform": "{id: event.id}",
    "body": "cloudevents",
    "secrets": ["ssm:/new", "ssm:/old"],
    "signing": "standard-ed25519",
    "headers": {"X-Team": "audit", "authorization": "ssm:/doorbell/key"},
    "timeout_seconds": Decimal("2.5"),
    "retry": {
        "schedule": [Decimal(0), Decimal("30.5")],
        "jitter": Decimal("0.1"),
        "max_age_hours": Decimal(48),
    },
    "rate_limit_per_second": Decimal("0.5"),
    "max_in_flight": Decimal(4),
    "provider_signature": "strip",
    "ca_bundle_ref": "ssm:/ca",
    "client_cert_ref": "secretsmanager:cert#pem",
    "oauth": OAUTH,
    "disabled_reason": "on holiday",
    "disabled_at": Decimal(1767225600),
}


def only_problem(**changes: Any) -> tuple[str, str]:
    (error,) = problems({**LEAST, **changes})
    assert error.item == "subscription default/audit"
    return error.field, error.problem


def test_kinds_of_failure_are_written_as_numbers_or_texts_in_a_list_or_a_set() -> None:
    """Whatever DynamoDB has for them."""
    for given in ([400, "5xx"], ["400", "5xx"], {"400", "5xx"}):
        retry = load_subscription({**LEAST, "retry": {"give_up_on": given}}).retry
        assert sorted(retry.give_up_on) == ["400", "5xx"]
    assert load_subscription({**LEAST, "retry": {"only_on": {404, 500}}}).retry.only_on == ("404", "500")
    assert load_subscription({**LEAST, "retry": {"breaker_ignores": []}}).retry.breaker_ignores == ()
    assert load_subscription(LEAST).retry.breaker_ignores == OF_ONE_EVENT


def test_the_least_a_subscription_needs() -> None:
    assert load_subscription(LEAST) == Subscription(
        "default", "audit", LEAST["url"], secrets=("ssm:/doorbell/audit",)
    )


def test_every_field_arrives() -> None:
    assert load_subscription(FULL) == Subscription(
        tenant_id="default",
        subscription_id="audit",
        url=LEAST["url"],
        enabled=False,
        description="to the audit log",
        sources=("github-main",),
        event_types=("invoice.*", "push"),
        filter="body.action == 'opened'",
        transform="{id: event.id}",
        body="cloudevents",
        secrets=("ssm:/new", "ssm:/old"),
        signing="standard-ed25519",
        headers={"X-Team": "audit", "authorization": "ssm:/doorbell/key"},
        timeout_seconds=2.5,
        retry=RetryPolicy((0, 30.5), 0.1, 48),
        rate_limit_per_second=0.5,
        max_in_flight=4,
        provider_signature="strip",
        ca_bundle_ref="ssm:/ca",
        client_cert_ref="secretsmanager:cert#pem",
        oauth=OAuth("https://id.example.com/token", "c", "ssm:/o", "a b"),
        disabled_reason="on holiday",
    )


def test_oauth_may_be_asked_for_in_the_other_form_and_with_more_parameters() -> None:
    more = {"client_authentication": "post", "parameters": {"audience": "https://api.example.com/"}}
    item = {**LEAST, "oauth": {**OAUTH, **more}}
    assert load_subscription(item).oauth == OAuth(
        "https://id.example.com/token",
        "c",
        "ssm:/o",
        "a b",
        "post",
        (("audience", "https://api.example.com/"),),
    )
    assert SubscriptionItem.model_validate(item).to_item() == item
    assert SubscriptionItem.model_validate(FULL).to_item()["oauth"] == OAUTH, (
        "what is not used is not written"
    )


def test_what_was_written_can_be_written_back() -> None:
    item = SubscriptionItem.model_validate(FULL).to_item()
    TypeSerializer().serialize(item)  # boto3 refuses floats and tuples
    assert item == FULL
    assert load_subscription(item) == load_subscription(FULL)


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_preset_is_a_schedule_by_name(preset: str) -> None:
    assert load_subscription({**LEAST, "retry": {"preset": preset}}).retry.schedule == PRESETS[preset]


def test_without_signing_no_secret_is_needed() -> None:
    assert load_subscription({**LEAST, "signing": "none", "secrets": []}).secrets == ()


def test_a_single_secret_may_come_as_a_set() -> None:
    assert load_subscription({**LEAST, "secrets": {"ssm:/a"}}).secrets == ("ssm:/a",)


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"uri": "x"}, "uri", "unknown field; did you mean url?"),
        ({"url": "ftp://hooks.example.com"}, "url", "https://host/path"),
        ({"url": "https://"}, "url", "https://host/path"),
        ({"url": "https://hooks.example.com:99999/"}, "url", "https://host/path"),
        ({"url": "https://[::1/"}, "url", "https://host/path"),
        ({"url": "https://u:p@hooks.example.com/"}, "url", "user name"),
        ({"url": "https://hooks.example.com/#a"}, "url", "fragment"),
        ({"url": "https://hooks.example.com/a b"}, "url", "spaces"),
        ({"url": "https://hooks.example.com/\r\nx: y"}, "url", "spaces, control characters"),
        ({"url": "https://hooks.example.com/" + "a" * 2048}, "url", "at most 2048"),
        ({"secrets": []}, "secrets", 'signing "standard" needs a secret reference'),
        ({"secrets": {"ssm:/a", "ssm:/b"}}, "secrets", "write a list (L), not a set (SS)"),
        ({"secrets": ["ssm:/a", "whsec_abc"]}, "secrets.1", "not a secret reference"),
        ({"signing": "sha1"}, "signing", "must be 'standard', 'standard-ed25519', 'github' or 'none'"),
        ({"body": "xml"}, "body", "must be 'raw' or 'cloudevents'"),
        ({"sources": ["a b"]}, "sources.0", "1 to 64 letters"),
        ({"event_types": [""]}, "event_types.0", "at least 1 character"),
        ({"filter": "body.a ="}, "filter", "not a JMESPath expression"),
        ({"filter": ""}, "filter", "at least 1 character"),
        ({"transform": "a" * 4097}, "transform", "at most 4096"),
        ({"transform": "[" * 4000}, "transform", "not a JMESPath expression"),
        ({"headers": {"Webhook-Id": "x"}}, "headers.Webhook-Id", "set by Doorbell"),
        ({"headers": {"doorbell-x": "x"}}, "headers.doorbell-x", "set by Doorbell"),
        ({"headers": {"Host": "x"}}, "headers.Host", "set by Doorbell or by the connection"),
        ({"headers": {"X-A": "a\r\nb: c"}}, "headers.X-A", "control characters"),
        ({"headers": {"X-A": " a"}}, "headers.X-A", "control characters"),
        ({"headers": {"Authorization": "Bearer t"}}, "headers.Authorization", "as a secret reference"),
        ({"headers": {"X A": "a"}}, "headers", "no header can have"),
        ({"headers": {"X-A": "a", "x-a": "b"}}, "headers.x-a", "given twice"),
        ({"headers": {f"x-{n}": "" for n in range(41)}}, "headers", "more than 40"),
        ({"headers": {"x": "a" * 8192}}, "headers", "8192 characters"),
        ({"timeout_seconds": Decimal("0.5")}, "timeout_seconds", "greater than or equal to 1"),
        ({"timeout_seconds": Decimal(31)}, "timeout_seconds", "less than or equal to 30"),
        ({"timeout_seconds": "15"}, "timeout_seconds", "must be a number, not text"),
        ({"retry": {"schedule": []}}, "retry.schedule", "at least 1 item"),
        ({"retry": {"schedule": [0] * 51}}, "retry.schedule", "at most 50 items"),
        ({"retry": {"schedule": [0, -1]}}, "retry.schedule.1", "greater than or equal to 0"),
        ({"retry": {"schedule": [7 * 86400 + 1]}}, "retry.schedule.0", "less than or equal to 604800"),
        ({"retry": {"schedule": [60, 120]}}, "retry.schedule", "the first entry must be 0"),
        ({"retry": {"schedule": ["5"]}}, "retry.schedule.0", "must be a number, not text"),
        ({"retry": {"preset": "fastest"}}, "retry.preset", "must be one of standard"),
        ({"retry": {"preset": "fast", "schedule": [0]}}, "retry.preset", "exclude each other"),
        ({"retry": {"jitter": Decimal("1.1")}}, "retry.jitter", "less than or equal to 1"),
        ({"retry": {"max_age_hours": 0}}, "retry.max_age_hours", "greater than 0"),
        (
            {"retry": {"give_up_on": ["6xx"]}},
            "retry.give_up_on.0",
            "a status from 300 to 599, or",
        ),
        ({"retry": {"only_on": [200]}}, "retry.only_on.0", "'200' is no kind of failure"),
        ({"retry": {"give_up_on": [True]}}, "retry.give_up_on.0", "must be text, not true or false"),
        ({"retry": {"give_up_on": [410]}}, "retry.give_up_on.0", "410 always ends the delivery"),
        ({"retry": {"give_up_on": [400], "only_on": ["5xx"]}}, "retry.only_on", "exclude each other"),
        ({"retry": {"breaker_ignores": ["Timeout"]}}, "retry.breaker_ignores.0", "timeout, network"),
        ({"retry": {"shedule": [0]}}, "retry.shedule", "unknown field; did you mean schedule?"),
        ({"oauth": {**OAUTH, "token_uri": "x"}}, "oauth.token_uri", "unknown field; did you mean token_url?"),
        ({"rate_limit_per_second": 0}, "rate_limit_per_second", "greater than or equal to 0.001"),
        ({"rate_limit_per_second": float("nan")}, "rate_limit_per_second", "finite"),
        ({"max_in_flight": 0}, "max_in_flight", "greater than or equal to 1"),
        ({"ca_bundle_ref": "-----BEGIN"}, "ca_bundle_ref", "not a secret reference"),
        ({"oauth": {**OAUTH, "client_secret_ref": "x"}}, "oauth.client_secret_ref", "not a secret reference"),
        ({"oauth": {**OAUTH, "client_authentication": "digest"}}, "oauth.client_authentication", "basic"),
        ({"oauth": {**OAUTH, "parameters": {"scope": "x"}}}, "oauth.parameters.scope", "field of its own"),
        ({"oauth": {**OAUTH, "parameters": {"client_secret": "x"}}}, "oauth.parameters.client_secret", "own"),
        ({"oauth": {**OAUTH, "parameters": {"api_key": "x"}}}, "oauth.parameters.api_key", "no secret"),
        ({"oauth": {**OAUTH, "parameters": {"code": "x"}}}, "oauth.parameters.code", "no secret"),
        ({"oauth": {**OAUTH, "parameters": {"a": "ssm:/x"}}}, "oauth.parameters.a", "no secret"),
        ({"oauth": {**OAUTH, "parameters": {"a b": "x"}}}, "oauth.parameters", "no parameter"),
        ({"oauth": {**OAUTH, "parameters": {"a": ""}}}, "oauth.parameters.a", "at least 1"),
        ({"oauth": {**OAUTH, "token_url": "x"}}, "oauth.token_url", "https://host/path"),
        ({"oauth": {"client_id": "c", "client_secret_ref": "ssm:/o"}}, "oauth.token_url", "missing"),
    ],
)
def test_a_mistake_is_named_with_its_field(changes: dict[str, Any], field: str, problem: str) -> None:
    found = only_problem(**changes)
    assert found[0] == field
    assert problem in found[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://u:hunter2@hooks.example.com/"},
        {"url": "hunter2"},
        {"headers": {"X-Key": "hunter2\n"}},
        {"secrets": ["hunter2"]},
        {"oauth": {**OAUTH, "client_secret_ref": "hunter2"}},
        {"client_cert_ref": "hunter2"},
        {"signing": "hunter2"},
        {"timeout_seconds": "hunter2"},
    ],
)
def test_what_was_refused_is_not_repeated(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_subscription({**LEAST, **changes})
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is caught.value.__cause__ is None


def test_the_egress_guard_has_its_say_about_every_url() -> None:
    checks = Checks(url=lambda url: "a private address" if "example" in url else None)
    found = problems({**LEAST, "oauth": OAUTH}, checks)
    assert [(error.field, error.problem) for error in found] == [
        ("url", "a private address"),
        ("oauth.token_url", "a private address"),
    ]
    with pytest.raises(ConfigError, match="subscription default/audit: url: a private address"):
        load_subscription(LEAST, checks)


def test_stricter_rules_for_expressions_can_be_injected() -> None:
    checks = Checks(expression=lambda text: f"no {text}")
    found = problems({**LEAST, "filter": "a", "transform": "b"}, checks)
    assert [(error.field, error.problem) for error in found] == [
        ("filter", "no a"),
        ("transform", "no b"),
    ]


def test_a_good_item_has_no_problems() -> None:
    assert problems(FULL) == problems(LEAST) == []


@pytest.mark.parametrize("named", ["Push Hook", "invoice.paid", "commande payée", "a(b)"])
def test_a_type_is_matched_by_the_name_its_provider_gives_it(named: str) -> None:
    facts = Facts(RawRequest("POST", "https://h.test/", "/", "", {"x-event": named}, b"{}"))
    event_type = named_type(facts, ("header:x-event",))
    for glob in (named, f"{named[:4]}*", f"[{named[0]}]{named[1:]}"):
        subscription = load_subscription({**LEAST, "event_types": ["other", glob]})
        found = match(subscription, source_id="s", event_type=event_type, passes=bool)
        assert found.reason is Reason.MATCHED


def test_a_preset_signs_nothing_unless_told_to_and_keeps_its_tools_rate() -> None:
    plain = {name: value for name, value in LEAST.items() if name != "secrets"}
    slack = load_subscription({**plain, "preset": "slack"})
    assert (slack.signing, slack.rate_limit_per_second) == ("none", 1.0)
    slower = load_subscription(
        {**LEAST, "preset": "slack", "signing": "standard", "rate_limit_per_second": 0.5}
    )
    assert (slower.signing, slower.rate_limit_per_second) == ("standard", 0.5)


@pytest.mark.parametrize(
    ("changes", "field", "what"),
    [
        ({"preset": "slak"}, "preset", "slack"),
        ({"preset": "slack", "body": "cloudevents"}, "body", "makes the body"),
        ({"preset": "pagerduty", "secrets": []}, "secrets", "routing key"),
        ({"preset": "pagerduty", "signing": "standard"}, "signing", "routing key"),
    ],
)
def test_a_preset_that_cannot_work_names_the_field(changes: dict[str, Any], field: str, what: str) -> None:
    where, problem = only_problem(**changes)
    assert where == field
    assert what in problem


QUEUE = "arn:aws:sqs:eu-central-1:123456789012:orders"
TO_QUEUE = {"tenant_id": "default", "subscription_id": "audit", "target": QUEUE}
TO_FUNCTION = {**TO_QUEUE, "target": "arn:aws:lambda:eu-central-1:123456789012:function:books"}
TO_PREFIX = {**TO_QUEUE, "target": "arn:aws:s3:::a-bucket/shop/"}
ROLE = "arn:aws:iam::210987654321:role/doorbell"


def test_a_target_stands_in_the_place_of_a_url_and_asks_for_no_signature() -> None:
    found = load_subscription(TO_QUEUE)
    assert (found.url, found.has_target, found.signing) == (QUEUE, True, "none")
    signed = load_subscription({**TO_QUEUE, "signing": "standard", "secrets": ["ssm:/doorbell/audit"]})
    assert signed.signing == "standard"
    assert not load_subscription(LEAST).has_target


@pytest.mark.parametrize(
    ("item", "field", "problem"),
    [
        ({**LEAST, "target": QUEUE}, "target", "exclude each other"),
        ({"tenant_id": "default", "subscription_id": "audit"}, "url", "is missing: write a url, or a target"),
        ({**TO_QUEUE, "target": "orders"}, "target", "not an ARN"),
        ({**TO_QUEUE, "target": QUEUE.replace("sqs", "ec2")}, "target", "cannot send to ec2"),
        ({**TO_QUEUE, "signing": "standard"}, "secrets", "needs a secret reference"),
        ({**TO_QUEUE, "timeout_seconds": 5}, "timeout_seconds", "means nothing"),
        ({**TO_QUEUE, "oauth": OAUTH}, "oauth", "means nothing"),
        ({**TO_QUEUE, "ca_bundle_ref": "ssm:/ca"}, "ca_bundle_ref", "means nothing"),
        ({**TO_QUEUE, "client_cert_ref": "ssm:/c"}, "client_cert_ref", "means nothing"),
        ({**TO_QUEUE, "invoke": "sync"}, "invoke", "a Lambda function"),
        ({**LEAST, "invoke": "async"}, "invoke", "a Lambda function"),
        ({**TO_FUNCTION, "invoke": "later"}, "invoke", ""),
        ({**TO_FUNCTION, "timeout_seconds": 5}, "timeout_seconds", "means nothing"),
        ({**TO_QUEUE, "target_key": "{id}"}, "target_key", "an S3 prefix or a Kinesis stream"),
        ({**TO_PREFIX, "target_key": "{type}"}, "target_key", "must have {id}"),
        ({**TO_PREFIX, "target_key": "{ids}"}, "target_key", "nothing of an event"),
        ({**TO_QUEUE, "role_arn": "theirs"}, "role_arn", "not the ARN of a role"),
        ({**LEAST, "role_arn": ROLE}, "role_arn", "is for a target"),
        ({**LEAST, "large": "s3-link"}, "large", "is for a target"),
        ({**TO_PREFIX, "large": "s3-link"}, "large", "takes every body whole"),
        ({**TO_QUEUE, "large": "link"}, "large", "s3-link"),
    ],
)
def test_an_item_has_a_url_or_a_target_and_what_belongs_to_it(
    item: dict[str, Any], field: str, problem: str
) -> None:
    found = {error.field: error.problem for error in problems(item | {"subscription_id": "audit"})}
    assert problem in found[field]


def test_what_belongs_to_a_kind_of_target_is_taken_and_left_out_where_it_is_not() -> None:
    plain = load_subscription(TO_QUEUE)
    assert (plain.invoke, plain.target_key, plain.role_arn) == ("async", None, None)
    item = {**TO_FUNCTION, "invoke": "sync", "timeout_seconds": 25, "role_arn": ROLE}
    found = load_subscription(item)
    assert (found.invoke, found.timeout_seconds, found.role_arn) == ("sync", 25, ROLE)
    assert load_subscription({**TO_PREFIX, "target_key": "{type}/{id}"}).target_key == "{type}/{id}"
    stream = {**TO_QUEUE, "target": QUEUE.replace("sqs", "kinesis").replace("orders", "stream/orders")}
    assert load_subscription({**stream, "target_key": "{body.customer}"}).target_key == "{body.customer}"
    assert (plain.large, load_subscription({**TO_QUEUE, "large": "s3-link"}).large) == (None, "s3-link")
    written = SubscriptionItem.model_validate(TO_QUEUE).to_item()
    assert not {"invoke", "target_key", "role_arn", "large"} & set(written), (
        "the release before knows none of them"
    )


def test_a_role_that_may_not_be_named_is_told_of_its_own_field() -> None:
    checks = Checks(target=lambda *asked: f"the parameter TargetRoleArns does not name {asked[3]}")
    (found,) = problems({**TO_QUEUE, "role_arn": ROLE}, checks)
    assert (found.field, ROLE in found.problem) == ("role_arn", True)


def test_where_a_tenant_may_send_to_can_be_injected_and_no_url_is_asked_about() -> None:
    asked: list[tuple[str, str, str, str | None]] = []

    def refuse(arn: str, tenant_id: str, subscription_id: str, role_arn: str | None) -> str:
        asked.append((arn, tenant_id, subscription_id, role_arn))
        return "not for you"

    checks = Checks(url=lambda url: "no URL", target=refuse)
    assert [(e.field, e.problem) for e in problems(TO_QUEUE, checks)] == [("target", "not for you")]
    assert asked == [(QUEUE, "default", TO_QUEUE["subscription_id"], None)]
    assert [error.field for error in problems(LEAST, checks)] == ["url"]
    assert problems(TO_QUEUE) == []
