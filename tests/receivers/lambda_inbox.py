"""What the Lambda example has on AWS: a table, a queue and a parameter, on the local stack."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from doorbell_cli.stack import LocalStack


@dataclass(frozen=True, slots=True)
class LambdaInbox:
    sqs: Any
    environ: dict[str, str]
    found: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def made(cls, stack: LocalStack, secrets: str) -> LambdaInbox:
        name = f"receiver-{uuid4().hex[:8]}"
        stack.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        stack.client("ssm").put_parameter(Name=f"/{name}/secrets", Value=secrets, Type="SecureString")
        url = stack.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        named = {"TAKEN_TABLE": name, "INBOX_QUEUE": url, "SECRETS_PARAMETER": f"/{name}/secrets"}
        return cls(stack.client("sqs"), {**stack.environ, **named})

    def read(self) -> dict[str, tuple[str, bytes]]:
        """Type and body by id, of all that was ever sent. `AssertionError` if one id was sent twice."""
        url = self.environ["INBOX_QUEUE"]
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        taken = {one["id"]: (one["type"], b64decode(one["body"])) for one in self.found}
        assert len(taken) == len(self.found), "an event was taken twice"
        return taken
