"""What all tables share: the TTL attribute, and how values travel.

Numbers are epoch seconds or counts; they travel as Decimal with at most six places and come back as int
where whole, else float. None is never written: an absent attribute is None.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

TTL_ATTRIBUTE = "expires_at"
"""Epoch seconds; DynamoDB removes items some time (up to days) after, so readers check it too."""

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

type Item = dict[str, Any]
"""An item in DynamoDB's own form: {"name": {"S": "value"}}."""


def marshal(values: Mapping[str, Any]) -> Item:
    """Plain values to an item; None is left out at the top level."""
    return {name: _serialize(_out(value)) for name, value in values.items() if value is not None}


def unmarshal(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item to plain values."""
    return {name: _in(_deserialize(value)) for name, value in item.items()}


def _out(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(round(value, 6)))
    if isinstance(value, Mapping):
        return {name: _out(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_out(entry) for entry in value]
    return value


def _in(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return value.__bytes__()
    if isinstance(value, dict):
        return {name: _in(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_in(entry) for entry in value]
    return value
