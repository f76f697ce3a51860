"""The Sources table: who may ring. Key `source_id`; written by people; read by ingest, one GetItem for each
source and environment every `ttl` seconds. Below 4 KiB: half a read unit."""

from collections.abc import Callable
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.clocks import CLOCKS, Clocks
from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Source
from doorbell.store.dynamodb.cache import Broken, TtlCache
from doorbell.store.dynamodb.tables import marshal, unmarshal

CACHE_SECONDS = 30.0


class SourceTable:
    """`learn(reference, secret)` keeps a secret that a handshake brought where `reference` points, unless
    there is one; False then. `check(source)` raises `ConfigError` for one that could be read and yet not be
    trusted, by the rules that it is written under: asked once for each time that it is loaded."""

    def __init__(
        self,
        client: Any,
        table: str,
        learn: Callable[[str, str], bool],
        check: Callable[[Source], None],
        clocks: Clocks = CLOCKS,
        ttl: float = CACHE_SECONDS,
    ) -> None:
        self._client, self._table, self._learn, self._check = client, table, learn, check
        self._cache: TtlCache[str, Source | Broken | None] = TtlCache(ttl, clocks)

    def get(self, source_id: str) -> Source | None:
        source = self._cache.get(source_id, lambda: self._load(source_id))
        if isinstance(source, Broken):
            raise source.error()
        return source

    def learn_secret(self, source: Source, secret: str) -> bool:
        return bool(source.secrets) and self._learn(source.secrets[0], secret)

    def _load(self, source_id: str) -> Source | Broken | None:
        from doorbell.store.items.quick import load_source  # not before the first request needs it

        with translated("dynamodb", "GetItem"):
            answer = self._client.get_item(TableName=self._table, Key=marshal({"source_id": source_id}))
        if "Item" not in answer:
            return None
        try:
            source = load_source(unmarshal(answer["Item"]))
            self._check(source)
        except ConfigError as error:
            return Broken.of(error)
        return source
