"""AWS clients that ask a role before each call, as AWS does.

A batch of statements is judged statement by statement, a read of many tables table by table.
An object that is not there is a 403 unless the bucket may be listed.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.support.fakes_partiql import execute_each
from tests.template.permissions import may
from tests.template.rendering import ACCOUNT, REGION, Rendered

_HERE = f"{REGION}:{ACCOUNT}"
_STATEMENT = re.compile(r'(INSERT|UPDATE|DELETE|SELECT)\b.*?"([\w.-]+)"')
_PARTIQL = {"INSERT": "Insert", "UPDATE": "Update", "DELETE": "Delete", "SELECT": "Select"}

type Need = tuple[str, str]
"""An action, and the ARN that it is done to."""


@dataclass
class Asked:
    """`denied`: what a role did not allow. `sites`: the lines of the package that made a call."""

    denied: list[tuple[str, Need]] = field(default_factory=list)
    used: set[tuple[str, Need]] = field(default_factory=set)
    sites: set[tuple[str, str]] = field(default_factory=set)


class Guarded:
    """A client of `service` in the hands of a function with `role`."""

    def __init__(self, here: Rendered, role: str, service: str, client: Any, asked: Asked) -> None:
        self._here, self._role, self._service, self._client, self._asked = here, role, service, client, asked
        self.meta, self.exceptions = client.meta, client.exceptions

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        self._note_site("batch_execute_statement")
        allowed = [self._may(statement_need(one["Statement"])) for one in Statements]
        done = iter(
            execute_each(
                self._client,
                ("event_id", "sk"),
                [one for one, fine in zip(Statements, allowed, strict=True) if fine],
            )["Responses"]
            if any(allowed)
            else []
        )
        refused = {"Error": {"Code": "AccessDenied"}}
        return {"Responses": [next(done) if fine else refused for fine in allowed]}

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self._note_site(operation)
            for need in needs(self._service, operation, arguments):
                if not self._may(need, **leading_key(arguments)):
                    raise _denied(self._service, operation)
            try:
                return getattr(self._client, operation)(**arguments)
            except ClientError as error:
                raise self._as_told(operation, arguments, error) from error

        return call

    def _as_told(self, operation: str, arguments: Mapping[str, Any], error: ClientError) -> ClientError:
        """Without ListBucket nobody is told that an object is not there.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""
        if operation != "get_object" or error.response["Error"]["Code"] != "NoSuchKey":
            return error
        listed = ("s3:ListBucket", f"arn:aws:s3:::{arguments['Bucket']}")
        return error if self._may(listed) else _denied(self._service, operation)

    def _may(self, need: Need, **context: str) -> bool:
        self._asked.used.add((self._role, need))
        fine = may(self._here, self._role, *need, aws_ResourceTag_doorbell="secrets", **context)
        if not fine:
            self._asked.denied.append((self._role, need))
        return fine

    def _note_site(self, operation: str) -> None:
        frame = sys._getframe(2)
        name = str(frame.f_globals.get("__name__", ""))
        self._asked.sites.add((name, operation))


def needs(service: str, operation: str, call: Mapping[str, Any]) -> Iterator[Need]:
    """What AWS asks for before it does a call."""
    action = "".join(word.capitalize() for word in operation.split("_"))
    match service:
        case "dynamodb" if operation == "execute_statement":
            yield statement_need(call["Statement"])
        case "dynamodb" if operation == "transact_write_items":  # each of its writes is asked for
            for write in call["TransactItems"]:
                for kind, what in write.items():
                    yield f"dynamodb:{kind}Item", _table(what["TableName"])
        case "dynamodb":
            tables = call.get("RequestItems", {call.get("TableName"): None})
            index = f"/index/{call['IndexName']}" if "IndexName" in call else ""
            yield from ((f"dynamodb:{action}", _table(name) + index) for name in tables)
        case "sqs":  # SendMessageBatch is no action: each of its messages is sent
            name = call["QueueUrl"].rpartition("/")[2]
            yield f"sqs:{action.removesuffix('Batch')}", f"arn:aws:sqs:{_HERE}:{name}"
        case "s3" if operation == "generate_presigned_url":  # no call: it allows what its maker may do
            signed = "".join(word.capitalize() for word in call["ClientMethod"].split("_"))
            yield f"s3:{signed}", f"arn:aws:s3:::{call['Params']['Bucket']}/{call['Params']['Key']}"
        case "s3" if operation == "list_objects_v2":
            yield "s3:ListBucket", f"arn:aws:s3:::{call['Bucket']}"
        case "s3" if operation == "delete_objects":
            for one in call["Delete"]["Objects"]:
                yield "s3:DeleteObject", f"arn:aws:s3:::{call['Bucket']}/{one['Key']}"
        case "s3":
            yield f"s3:{action}", f"arn:aws:s3:::{call['Bucket']}/{call['Key']}"
        case "ssm":
            yield f"ssm:{action}", f"arn:aws:ssm:{_HERE}:parameter{call['Name']}"
        case "secretsmanager":
            yield (
                f"secretsmanager:{action}",
                f"arn:aws:secretsmanager:{_HERE}:secret:{call['SecretId']}-AbCdEf",
            )
        case "lambda":
            name = call["FunctionName"]
            yield (
                f"lambda:{action}Function",
                name if name.startswith("arn:") else f"arn:aws:lambda:{_HERE}:function:{name}",
            )
        case "kms":
            yield f"kms:{action}", f"arn:aws:kms:{_HERE}:key/1234abcd"
        case "events":
            for entry in call["Entries"]:
                bus = entry["EventBusName"]
                yield (
                    f"events:{action}",
                    bus if bus.startswith("arn:") else f"arn:aws:events:{_HERE}:event-bus/{bus}",
                )
        case "sns":
            yield f"sns:{action}", call["TopicArn"]
        case "stepfunctions":
            yield f"states:{action}", call["stateMachineArn"]
        case "kinesis":
            yield f"kinesis:{action}", call["StreamARN"]
        case "firehose":
            name = call["DeliveryStreamName"]
            yield f"firehose:{action}", f"arn:aws:firehose:{_HERE}:deliverystream/{name}"
        case "sts":
            yield f"sts:{action}", call["RoleArn"]
        case _:
            raise NotImplementedError(f"what {service}.{operation} asks for is not told here")


def leading_key(call: Mapping[str, Any]) -> dict[str, str]:
    """Of a call for one item of the table of endpoints, by which a role may be bound."""
    key = call.get("Key")
    if not isinstance(key, Mapping) or list(key) != ["subscription_id"]:
        return {}
    return {"dynamodb_LeadingKeys": key["subscription_id"]["S"]}


def statement_need(text: str) -> Need:
    found = _STATEMENT.match(text)
    assert found is not None, text
    return f"dynamodb:PartiQL{_PARTIQL[found[1]]}", _table(found[2])


def _table(name: object) -> str:
    return f"arn:aws:dynamodb:{_HERE}:table/{name}"


def _denied(service: str, operation: str) -> ClientError:
    code = "AccessDenied" if service in ("s3", "sqs") else "AccessDeniedException"
    return ClientError({"Error": {"Code": code, "Message": "not authorized"}}, operation)
