"""Bodies: why one disables; and what PUT takes: an item, with the key of its path, or what GET answered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from doorbell.domain.errors import ConfigError
from doorbell.runtime.admin.answers import ConfiguredItem
from doorbell.runtime.admin.errors import Problems
from doorbell.store.items.models import Checks, Model, problems_of


class Reason(BaseModel):
    """Why, for whoever reads the item later."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=1024)


class AsWritten:
    """Any JSON object, described in OpenAPI as one of `models`, whose fields `in_path` may be left out. It is
    the route that checks it: all that is wrong is told, in the words of the item's model."""

    def __init__(self, *models: Any, in_path: Sequence[str] = ()) -> None:
        self._models, self._in_path = models, in_path

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = [handler(TypeAdapter(model).core_schema) for model in self._models]
        for one in described:
            whole = handler.resolve_ref_schema(one)
            needed = [name for name in whole.pop("required", ()) if name not in self._in_path]
            whole |= {"required": needed} if needed else {}
        return described[0] if len(described) == 1 else {"anyOf": described}


def written(
    model: Model, in_path: Mapping[str, str], body: Mapping[str, Any], checks: Checks
) -> dict[str, Any]:
    """The item in the form it is written in. Raises `Problems` with everything that is wrong."""
    given, found = body, []
    if "item" in body and body.keys() <= ConfiguredItem.model_fields.keys():
        given, found = body["item"], [*_of_the_answer(model.kind, in_path, body)]
    if isinstance(given, Mapping):
        found += other_key(model.kind, in_path, given)
        given = {**given, **in_path}
        found += problems_of(model, given, checks)
    if found:
        raise Problems(found)
    return model.model_validate(given).to_item()


def other_key(kind: str, in_path: Mapping[str, str], given: Mapping[str, Any]) -> Iterator[ConfigError]:
    """A body may name the item; it is the one in the path."""
    for field, value in in_path.items():
        if given.get(field, value) != value:
            yield ConfigError(kind, field, "must be the one in the path, or left out")


def _of_the_answer(kind: str, in_path: Mapping[str, str], body: Mapping[str, Any]) -> Iterator[ConfigError]:
    """What is wrong around the item of a GET's answer: it may be sent back, and says nothing of its own."""
    item = body["item"]
    if not isinstance(item, Mapping):
        yield ConfigError(kind, "item", "is missing: what is broken is not shown, so write the whole item")
        return
    if body.get("key", in_path) != in_path:
        yield ConfigError(kind, "key", "must be the one in the path, or left out")
    if body.get("problems", []) != []:
        yield ConfigError(kind, "problems", "must be empty, or left out")
    on = item.get("enabled", True) is not False
    if body.get("enabled", on) is not on:
        yield ConfigError(kind, "enabled", "must be what item.enabled says, or left out")
