"""A plain write beside the client it stands in for: the same request, but never a second one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

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
