"""`POST /events`: the shape of one item."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from doorbell.domain.errors import Refusal
from doorbell.runtime.wrong_input import in_words
from doorbell.usecases.publish import Published

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")]
EventType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:/\-]{1,128}$")]


class PublishItem(BaseModel):
    """`id`: idempotency key; `data`: any JSON, the body subscribers get."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    type: EventType
    tenant_id: Name = "default"
    data: Any


def parse(item: object) -> Published:
    """Raises `Refusal` 422 that names the first field that is wrong."""
    try:
        given = PublishItem.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "event"
        raise Refusal(422, "event_invalid", f"{field}: {_problem(first)}") from error
    return Published(given.id, given.type, given.tenant_id, given.data)


def _problem(error: Mapping[str, Any]) -> str:
    if error["type"] != "extra_forbidden":
        return in_words(error)
    from doorbell.store.items.errors import unknown  # not before somebody mistypes

    return unknown("field", str(error["loc"][-1]), PublishItem.model_fields)
