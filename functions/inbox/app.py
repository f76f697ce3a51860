"""Inbox: what EventBridge rules, SNS topics and S3 notifications of this account send becomes events."""

from typing import Any

from doorbell.runtime import taking_in
from doorbell.runtime.batches import each_record
from doorbell.runtime.invocation import invocation

take_in = taking_in.take_in()


@invocation
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    def one(record: dict[str, Any]) -> None:
        take_in(record["body"], record["messageId"], taking_in.hops_of(record))

    return each_record(event, one)
