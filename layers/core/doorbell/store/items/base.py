"""What the two item models share."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from doorbell.store.items.checks import without_nulls
from doorbell.store.items.fields import Moment, Prose

PAUSE_FIELDS = ("paused", "paused_at")


class Part(BaseModel):
    """Strict: a number written as text, or a boolean as "true", is a mistake, not a spelling. An unknown
    field is one too."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, populate_by_name=True, allow_inf_nan=False
    )


class Item(Part):
    """A whole item. NULL is the same as not there. The last fields are bookkeeping that nothing acts on."""

    kind: ClassVar[str]

    description: Prose = ""
    disabled_reason: Prose | None = None
    created_at: Moment = None
    updated_at: Moment = None
    disabled_at: Moment = None

    _without_nulls = model_validator(mode="before")(without_nulls)

    def to_item(self) -> dict[str, Any]:
        """What was written, in types that DynamoDB has (lists; Decimal where a float would be rounded).
        Defaults that were not written stay unwritten; so does `paused` where it is not: a release before
        knows no such field."""
        values = self.model_dump(by_alias=True, exclude_unset=True)
        if not values.get("paused"):
            values = {name: value for name, value in values.items() if name not in PAUSE_FIELDS}
        return {name: _storable(value) for name, value in values.items() if value is not None}


def _storable(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {name: _storable(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(entry) for entry in value]
    return value
