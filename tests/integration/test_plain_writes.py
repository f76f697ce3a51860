"""A plain write beside the client it stands in for: the same request, but never a second one; and signatures
beside botocore's own."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials

from doorbell.aws_posts import Signer
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.plain_calls import PlainWrites
from tests.integration.plain_service import CREDENTIALS, Service, answering, client_of

UPDATE: dict[str, Any] = {
    "TableName": "t",
    "Key": {"holder": {"S": "subscription#acme/orders"}, "at": {"N": "1700000100"}},
    "UpdateExpression": "ADD #0 :0 SET #ttl = :ttl",
    "ExpressionAttributeNames": {"#0": "delivered", "#ttl": "expires_at"},
    "ExpressionAttributeValues": {":0": {"N": "1"}, ":ttl": {"N": "1"}},
}


@pytest.fixture
def dynamo() -> Iterator[Service]:
    with answering() as service:
        yield service


def writes_to(service: Service, **how: Any) -> PlainWrites:
    return PlainWrites(client_of(service.url, **how), CREDENTIALS, None)


def test_a_write_is_the_clients_own(dynamo: Service) -> None:
    dynamo.answers = [(200, "{}")]
    client_of(dynamo.url).update_item(**UPDATE)
    writes_to(dynamo).update_item(**UPDATE)
    (client, client_body), (plain, plain_body) = dynamo.came
    assert plain_body == client_body
    for one in (client, plain):
        for of_its_own in ("x-amz-date", "authorization", "user-agent"):
            del one[of_its_own]
    assert plain.items() <= client.items()


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ((400, '{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}'), "ThrottlingException"),
        (
            (400, '{"__type": "com.amazon.coral#AccessDeniedException", "message": "no"}'),
            "AccessDeniedException",
        ),
        ((500, "<html>"), "http 500"),
        ((503, "[]"), "http 503"),
        (None, "ProtocolError"),
    ],
)
def test_a_write_that_failed_or_may_have_is_not_made_again(
    said: tuple[int, str] | None, cause: str, dynamo: Service
) -> None:
    dynamo.answers = [said, (200, "{}")]
    with pytest.raises(Unavailable) as caught:
        writes_to(dynamo).update_item(**UPDATE)
    assert caught.value.cause == cause
    assert len(dynamo.came) == 1


NOON = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
ONE = ReadOnlyCredentials("AKIDEXAMPLE", "not-a-real-key", None)
OTHER = ReadOnlyCredentials("AKIDEXAMPLE", "another", "with/a+token")


def test_signatures_are_botocore_s_whatever_changes_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day, the secret, the token, the headers, the body."""
    sign, day = Signer("sqs", "eu-north-1", "/a b//c/../d"), datetime.timedelta(days=1)
    headers = {"Host": "sqs.example:1", "Content-Type": "application/x-amz-json-1.0", "User-Agent": "us"}
    asked = {**headers, "x-amzn-query-mode": "true", "X-Amz-Target": "AmazonSQS.SendMessageBatch"}
    for said, body, credentials, at in [
        (headers, b"{}", ONE, NOON),
        (asked, b"{}", ONE, NOON),
        (asked, "\u00e9".encode(), OTHER, NOON),
        (asked, b"{}", OTHER, NOON + day),
        (asked, b"{}", ONE, NOON + day),
        (headers, b"", ONE, NOON),
    ]:
        moment = at

        def now(*_: object, moment: datetime.datetime = moment) -> datetime.datetime:
            return moment

        monkeypatch.setattr("botocore.auth.get_current_datetime", now)
        theirs = AWSRequest("POST", "https://sqs.example:1/a b//c/../d", data=body, headers=said)
        whose = Credentials(credentials.access_key or "", credentials.secret_key or "", credentials.token)
        SigV4Auth(whose, "sqs", "eu-north-1").add_auth(theirs)
        assert sign(said, body, credentials, at.timestamp()) == dict(theirs.headers.items())
