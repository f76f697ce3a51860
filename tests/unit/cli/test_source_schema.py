"""A source's JSON Schema is looked at when the source is written, by what ingest looks at it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Source
from doorbell.egress.guard import EgressPolicy
from doorbell.payloads.schema import check_for
from doorbell.runtime.configuring import checks as of_the_admin_api
from doorbell_cli.configuration import checks as of_the_cli

BROKEN: list[dict[str, Any]] = [
    {"type": "objekt"},
    {"$ref": "#/nowhere"},
    {"items": {"pattern": "^(a+)+$"}},
]


def source(schema: dict[str, Any]) -> Source:
    return Source("shop", "github", secrets=("ssm:/doorbell/shop",), json_schema=schema)


type Check = Callable[[Source], None]


@pytest.fixture(params=["admin", "cli"])
def check(request: pytest.FixtureRequest) -> Check:
    if request.param == "cli":
        found = of_the_cli(EgressPolicy()).source
    else:
        of_the_admin_api.cache_clear()
        found = of_the_admin_api().source
    assert found is not None
    return found


@pytest.mark.parametrize("schema", BROKEN, ids=str)
def test_a_schema_that_ingest_cannot_use_is_refused_when_its_source_is_written(
    schema: dict[str, Any], check: Check
) -> None:
    with pytest.raises(ConfigError) as written:
        check(source(schema))
    with pytest.raises(ConfigError) as loaded:
        check_for("shop", schema, b"{}")
    assert str(written.value) == str(loaded.value)


def test_a_sound_one_is_taken(check: Check) -> None:
    check(source({"type": "object", "required": ["id"]}))
