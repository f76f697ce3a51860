"""Configured items on their way to the API and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticSerializationError

from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.answers import ConfiguredItem, ConfiguredItems, Defect
from doorbell.store.configuration.config_tables import Stored
from doorbell.store.items.models import (
    Checks,
    Model,
    SourceItem,
    load_source,
    load_subscription,
    problems_of,
)


def storable(model: Model, checks: Checks, values: Mapping[str, Any]) -> dict[str, Any]:
    """A sound item in the form it is written in; raises `ConfigError` for the first problem."""
    if model is SourceItem:
        load_source(values, checks)
    else:
        load_subscription(values, checks)
    return model.model_validate(values).to_item()


def shown(model: Model, key: Sequence[str], checks: Checks, stored: Stored) -> ConfiguredItem:
    values = stored.values
    found = [Defect(field=e.field, problem=e.problem) for e in problems_of(model, values, checks)]
    item = None
    if not found:
        try:
            sound = model.model_validate(values)
            item = sound.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
        except PydanticSerializationError:
            found = [Defect(field="item", problem="holds bytes that are no text")]
    return ConfiguredItem(
        key={name: str(values[name]) for name in key},
        enabled=values.get("enabled", True) is not False,
        item=item,
        problems=found,
    )


def page(
    of: str,
    key: Sequence[str],
    items: list[ConfiguredItem],
    after: tuple[str, ...] | None,
    by: cursors.Filters = cursors.NO_FILTERS,
) -> ConfiguredItems:
    place = None if after is None else dict(zip(key, after, strict=True))
    return ConfiguredItems(items=items, next_cursor=cursors.encode(of, place, by))


def after(
    of: str, key: Sequence[str], cursor: str | None, by: cursors.Filters = cursors.NO_FILTERS
) -> tuple[str, ...] | None:
    place = cursors.decode(of, cursor, by, **dict.fromkeys(key, str))
    return None if place is None else tuple(place[name] for name in key)
