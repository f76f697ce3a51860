"""The two PartiQL statements Doorbell makes, as the writes they stand for. Any other raises.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html"""

import re
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

_INSERT = re.compile(r"""INSERT INTO "(\w+)" VALUE \{((?:'\w+': \?(?:, )?)+)\}""")
_UPDATE = re.compile(r"""UPDATE "(\w+)" SET ((?:"\w+" = \?(?:, )?)+) WHERE ((?:"\w+" = \?(?: AND )?)+)""")


def execute_each(client: Any, keys: Sequence[str], statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """BatchExecuteStatement by `client`'s put_item and update_item: each statement is a write of its own, one
    after the other, so that a call can end in their midst. `keys` are the table's."""
    if not 1 <= len(statements) <= 25:
        raise ValueError(f"ValidationException: {len(statements)} statements")
    return {"Responses": [_executed(client, keys, one["Statement"], one["Parameters"]) for one in statements]}


def _executed(client: Any, keys: Sequence[str], text: str, parameters: list[Any]) -> dict[str, Any]:
    kind, write = write_of(text, parameters, keys)
    try:
        client.put_item(**write) if kind == "INSERT" else client.update_item(**write)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            return {"Error": {"Code": "ThrottlingError"}}
        return {"Error": {"Code": "DuplicateItem" if kind == "INSERT" else "ConditionalCheckFailed"}}
    return {}


def write_of(text: str, parameters: list[Any], keys: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """INSERT or UPDATE, and the arguments of the put_item or update_item that does the same."""
    if found := _INSERT.fullmatch(text):
        item = _assigned(re.findall(r"'(\w+)'", found[2]), parameters)
        not_there = f"attribute_not_exists({keys[0]})"
        return "INSERT", {"TableName": found[1], "Item": item, "ConditionExpression": not_there}
    if found := _UPDATE.fullmatch(text):
        changed, where = _names(found[2]), _names(found[3])
        return "UPDATE", {"TableName": found[1], **_update(changed, where, parameters, keys)}
    raise ValueError(f"not understood: {text}")


def _update(
    changed: list[str], where: list[str], parameters: list[Any], keys: Sequence[str]
) -> dict[str, Any]:
    """An UPDATE changes what is there and nothing else: it makes no new item."""
    _assigned([*changed, *where], parameters)
    to, as_is = parameters[: len(changed)], dict(zip(where, parameters[len(changed) :], strict=True))
    others = [name for name in where if name not in keys]
    conditions = [f"attribute_exists({keys[0]})", *(f"{name} = :is_{name}" for name in others)]
    return {
        "Key": {name: as_is[name] for name in keys},
        "UpdateExpression": "SET " + ", ".join(f"{name} = :to_{name}" for name in changed),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeValues": {
            **{f":to_{name}": value for name, value in zip(changed, to, strict=True)},
            **{f":is_{name}": as_is[name] for name in others},
        },
    }


def _names(part: str) -> list[str]:
    return re.findall(r'"(\w+)"', part)


def _assigned(names: list[str], parameters: list[Any]) -> dict[str, Any]:
    if len(names) != len(parameters):
        raise ValueError(f"ValidationException: {len(parameters)} parameters for {names}")
    return dict(zip(names, parameters, strict=True))
