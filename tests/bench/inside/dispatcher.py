"""The dispatcher as it is deployed, batches of ten, beside ten threads and a bare urllib3 pool that post the
same bodies with the same headers; and those threads with the same four AWS calls through a bare boto3 client.

Arguments: the subscriber's URL, how many subscriptions a batch is for.
"""

import itertools
import ssl
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import app
import boto3
import urllib3
from github import push
from measure import side_by_side, told
from records import Context, delivery_record

BATCH = 10
BODY = push().encode()
numbers = itertools.count()


def batch(subscriptions: int) -> dict[str, Any]:
    return {"Records": [delivery_record(next(numbers), n % subscriptions) for n in range(BATCH)]}


def calls(client: Any) -> None:
    """A claim, two reads and an outcome, as a handler that calls boto3 writes them."""
    key = {"event_id": {"S": "evt_1"}, "sk": {"S": "delivery#sub_00"}}
    write = {"TableName": "Events", "Key": key, "ReturnValues": "ALL_NEW"}
    lease = {":lease": {"S": "1"}, ":until": {"N": "1"}}
    client.update_item(
        **write,
        UpdateExpression="SET lease_id = :lease, lease_until = :until",
        ExpressionAttributeValues=lease,
    )
    client.get_item(TableName="Endpoints", Key={"subscription_id": {"S": "bench/sub_00"}})
    client.get_item(TableName="Events", Key={"event_id": {"S": "evt_1"}, "sk": {"S": "event"}})
    lease_id, one, attempts = {"S": "1"}, {"N": "1"}, {"L": list[Any]()}
    ended = {":state": {"S": "delivered"}, ":delivered_at": one, ":attempts_made": one, ":appended": attempts}
    client.update_item(
        **write,
        UpdateExpression="SET #s = :state, delivered_at = :delivered_at, attempts_made = :attempts_made, "
        "attempts = :appended, settled_by = :settled_by",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":settled_by": lease_id, **ended},
    )


def main() -> None:
    url, subscriptions = urlsplit(sys.argv[1]), int(sys.argv[2])
    assert url.hostname is not None
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.load_default_certs()
    pool = urllib3.HTTPSConnectionPool(url.hostname, url.port, maxsize=BATCH, ssl_context=tls)
    threads = ThreadPoolExecutor(BATCH)
    client = boto3.client("dynamodb")
    sent = {"ours": 0, "bare": 0}

    def ours() -> None:
        sent["ours"] += BATCH
        answer = app.handler(batch(subscriptions), Context())
        assert answer == {"batchItemFailures": []}, answer

    def bare(first: Callable[[], object] = lambda: None) -> None:
        sent["bare"] += BATCH
        assert set(threads.map(lambda _: post(first), range(BATCH))) == {200}

    def post(first: Callable[[], object]) -> int:
        first()
        return pool.request("POST", "/bare", body=BODY, headers=headers).status

    ours()
    headers = pool.request("GET", "/seen").json()["headers"]
    del headers["host"], headers["content-length"]
    mine, theirs = side_by_side(ours, bare, rounds=20, each=5)
    with_calls, _ = side_by_side(lambda: bare(lambda: calls(client)), bare, rounds=10, each=5)
    counted = pool.request("GET", "/seen").json()["counts"]
    assert counted == sent, (counted, sent)
    told({**mine.figures("ours"), **theirs.figures("bare"), **with_calls.figures("bare_with_calls")})


if __name__ == "__main__":
    main()
