"""A source's item read by the rules of its model, without the model.

To import pydantic and to build `SourceItem` costs more than all else that a first request needs. What
pydantic makes of a model is a schema for pydantic-core, which validates. The build writes that schema down
(`cli/doorbell_cli/stack/schemas.py`), and here pydantic-core makes the same validator of it. What it refuses
is read by the model, which says why; so is everything where no schema was written.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import pydantic_core
from pydantic_core import SchemaValidator, ValidationError

from doorbell.domain.sources import Source
from doorbell.store.items.as_source import source_of

WRITTEN = "doorbell.store.items.written"


def load_source(item: Mapping[str, Any]) -> Source:
    """As `models.load_source`. Raises `ConfigError` for the first problem."""
    validator = _validator()
    if validator is not None:
        try:
            return source_of(validator.validate_python(item))
        except ValidationError:  # it shows what was refused: nothing is raised from it
            pass
    from doorbell.store.items import models

    return models.load_source(item)


@cache
def _validator() -> SchemaValidator | None:
    try:
        written = import_module(WRITTEN)
    except ModuleNotFoundError:
        return None
    if pydantic_core.__version__ != written.PYDANTIC_CORE:  # another would read it in its own way
        return None
    return SchemaValidator(written.SOURCE, written.CONFIG)
