"""The PartiQL statements Doorbell makes, as the writes they stand for. Any other raises.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html"""

import itertools
import re
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

_INSERT = re.compile(r"""INSERT INTO "([\w.-]+)" VALUE \{((?:'\w+': \?(?:, )?)+)\}""")
_UPDATE = re.compile(r'UPDATE "([\w.-]+)" ((?:SET|REMOVE) .+) WHERE (.+?)( RETURNING ALL NEW \*)?')
_SET = re.compile(r'SET "\w+" = :p\d+')
_REMOVE = re.compile(r'REMOVE "\w+"')
RESERVED = ("state", "status", "error")
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html"""
_TERM = re.compile(r'"\w+" (=|<=) :p\d+|"\w+" IS MISSING')


def execute_each(client: Any, keys: Sequence[str], statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """BatchExecuteStatement by `client`'s put_item and update_item: each statement is a write of its own, one
    after the other, so that a call can end in their midst. `keys` are the table's."""
    if not 1 <= len(statements) <= 25:
        raise ValueError(f"ValidationException: {len(statements)} statements")
    return {"Responses": [_executed(client, keys, **one) for one in statements]}


def _executed(
    client: Any,
    keys: Sequence[str],
    *,
    Statement: str,
    Parameters: list[Any],
    ReturnValuesOnConditionCheckFailure: str = "NONE",
) -> dict[str, Any]:
    kind, write = write_of(Statement, Parameters, keys)
    write["ReturnValuesOnConditionCheckFailure"] = ReturnValuesOnConditionCheckFailure
    try:
        done = client.put_item(**write) if kind == "INSERT" else client.update_item(**write)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            return {"Error": {"Code": "ThrottlingError"}}
        code = "DuplicateItem" if kind == "INSERT" else "ConditionalCheckFailed"
        there: Any = error.response
        return {"Error": {"Code": code, **({"Item": there["Item"]} if "Item" in there else {})}}
    return {"Item": done["Attributes"]} if "ReturnValues" in write else {}


def write_of(text: str, parameters: list[Any], keys: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """INSERT or UPDATE, and the arguments of the put_item or update_item that does the same."""
    if found := _INSERT.fullmatch(text):
        item = _assigned(re.findall(r"'(\w+)'", found[2]), parameters)
        not_there = f"attribute_not_exists({keys[0]})"
        return "INSERT", {"TableName": found[1], "Item": item, "ConditionExpression": not_there}
    numbers = itertools.count()
    if found := _UPDATE.fullmatch(re.sub(r"\?", lambda _: f":p{next(numbers)}", text)):
        values = _assigned([f":p{number}" for number in range(next(numbers))], parameters)
        returned = {"ReturnValues": "ALL_NEW"} if found[4] else {}
        return "UPDATE", {"TableName": found[1], **_update(found[2], found[3], values, keys), **returned}
    raise ValueError(f"not understood: {text}")


def _update(changes: str, where: str, values: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """An UPDATE changes what is there and nothing else: it makes no new item."""
    each = re.split(r" (?=SET |REMOVE )", changes)
    sets, removes = [c for c in each if _SET.fullmatch(c)], [c for c in each if _REMOVE.fullmatch(c)]
    terms = where.split(" AND ")
    if len(sets) + len(removes) != len(each) or not all(_TERM.fullmatch(term) for term in terms):
        raise ValueError(f"not understood: {changes} WHERE {where}")
    key = {
        name: values.pop(term.split()[-1])
        for name in keys
        for term in terms
        if term.startswith(f'"{name}" =')
    }
    others = [_plain(term) for term in terms if not term.startswith(tuple(f'"{name}" =' for name in keys))]
    removed = [_plain(remove).removeprefix("REMOVE ") for remove in removes]
    return {
        "Key": key,
        "UpdateExpression": "SET "
        + ", ".join(_plain(change).removeprefix("SET ") for change in sets)
        + (" REMOVE " + ", ".join(removed) if removed else ""),
        "ConditionExpression": " AND ".join([f"attribute_exists({keys[0]})", *others]),
        "ExpressionAttributeValues": values,
        **({"ExpressionAttributeNames": names} if (names := _reserved(changes + where)) else {}),
    }


def _plain(part: str) -> str:
    """Without quotes, which are what makes PartiQL take a reserved word."""
    bare = re.sub(r'"(\w+)"', lambda name: f"{'#' * (name[1] in RESERVED)}{name[1]}", part)
    return re.sub(r"(\w+) IS MISSING", r"attribute_not_exists(\1)", bare)


def _reserved(text: str) -> dict[str, str]:
    return {f"#{name}": name for name in RESERVED if f'"{name}"' in text}


def _assigned(names: list[str], parameters: list[Any]) -> dict[str, Any]:
    if len(names) != len(parameters):
        raise ValueError(f"ValidationException: {len(parameters)} parameters for {names}")
    return dict(zip(names, parameters, strict=True))
