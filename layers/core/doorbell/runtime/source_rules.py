"""All that ingest and back-fill ask of a source before they use it: for whoever writes one. Ingest does not
ask for the last: a hook that is named wrongly must not keep anybody from ringing."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.domain.reserved import reserved
from doorbell.domain.sources import Source
from doorbell.payloads.schema import check_schema
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.backfill_rules import check_backfill
from doorbell.signatures.gate import Gate


def check_source(source: Source) -> None:
    """Raises `ConfigError`."""
    Gate().check_source(source)
    check_schema(source.source_id, source.json_schema)
    entry = find(source.provider)
    if source.backfill is not None and entry is not None:
        check_backfill(source, entry)


def refuse_reserved(values: Mapping[str, Any]) -> None:
    """Of a source that is not there yet. Raises `ConfigError`."""
    if (taken := reserved(values)) is not None:
        raise ConfigError(f"source {values.get('source_id')}", *taken)
