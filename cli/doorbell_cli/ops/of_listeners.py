"""Subscriptions of `doorbell listen --forward`: they come and go by themselves, and no file has them."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.listening import is_listeners
from doorbell_cli.target import Target


def is_a_listeners(target: Target, values: Mapping[str, Any]) -> bool:
    return is_listeners(target.name, str(values.get("target", "")).rpartition(":")[2])
