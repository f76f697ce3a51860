"""Who may want an event, by the routing index: those on file where it asks, instead of everybody.

One call reads the tenant's certificate, the canaries and all places; another where a field has come up since
that filters begin with. Half a read unit for each place and 4 KiB of it: three for an event with one type,
one text it begins with, and a source. DynamoDB hands out ten items a page for a list of keys. What was read
is kept for `ttl` seconds. Where more than `MOST_FOUND` are on file, everybody is asked.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.certificates import Heard, withheld
from doorbell.domain.clocks import CLOCKS, Clocks
from doorbell.domain.errors import Unavailable
from doorbell.domain.filing import Path, Question
from doorbell.domain.routes import Place, asked_by
from doorbell.domain.subscriptions import Interest
from doorbell.store.dynamodb.cache import TtlCache
from doorbell.store.dynamodb.once import Once, at_once
from doorbell.store.dynamodb.tables import is_gone, marshal, unmarshal
from doorbell.store.routes.abouts import about_from
from doorbell.store.routes.canaries import heard_from
from doorbell.store.routes.items import CANARIES, about_pk, interest_from, place_pk

CACHE_SECONDS = 10.0
WITHOUT_SECONDS = 60.0
PATHS_SECONDS = 600.0
KEPT = 64
"""Answers. Of the longest some 200 KB: they bound memory as the pages of subscriptions do."""
MOST_FOUND = 400
EVERYWHERE: tuple[Place, ...] = ()
KEYS = 45
"""Of one statement: DynamoDB takes fifty."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """`found` None: everybody has to be asked; where there are `too_many`, by who asks at these places."""

    paths: frozenset[Path]
    found: tuple[Interest, ...] | None
    too_many: bool = False


class RouteReader:
    """`client` has `execute_statement`. `on_failure` hears why everybody is asked where a read failed."""

    def __init__(
        self,
        client: Any,
        table: str,
        clock: Callable[[], float],
        on_failure: Callable[[str], None],
        clocks: Clocks = CLOCKS,
        ttl: float = CACHE_SECONDS,
        once: Once = at_once,
        without: float = WITHOUT_SECONDS,
    ) -> None:
        self._client, self._table, self._clock = client, table, clock
        self._on_failure, self._once = on_failure, once
        self._answers: TtlCache[tuple[str, tuple[Place, ...]], _Answer] = TtlCache(ttl, clocks, KEPT)
        self._paths: TtlCache[str, frozenset[Path]] = TtlCache(PATHS_SECONDS, clocks)
        self._without: TtlCache[tuple[str, tuple[Place, ...]], None] = TtlCache(without, clocks)

    def concerning(self, tenant_id: str, question: Question) -> Sequence[Interest] | None:
        """In order of their id; None: ask everybody. Raises `Unknown` where the body of the event is gone."""
        if self._without.has((tenant_id, EVERYWHERE)):
            return None
        paths = self._paths.get(tenant_id, frozenset)
        while True:
            places = asked_by(question, sorted(paths))
            if places is None or self._without.has((tenant_id, places)):
                return None
            answer = self._answer(tenant_id, places)
            if answer is None or answer.paths <= paths:
                return None if answer is None else answer.found
            paths = paths | answer.paths
            self._paths.put(tenant_id, paths)

    def _answer(self, tenant_id: str, places: tuple[Place, ...]) -> _Answer | None:
        key = (tenant_id, places)
        try:
            answer = self._once(key, lambda: self._answers.get(key, lambda: self._read(tenant_id, places)))
        except Unavailable as error:
            self._on_failure(error.cause)
            return None
        if answer.found is None:
            self._without.put((tenant_id, places if answer.too_many else EVERYWHERE), None)
            return None
        return answer

    def _read(self, tenant_id: str, places: tuple[Place, ...]) -> _Answer:
        now = self._clock()
        about, heard, entries = about_from({}), Heard({}), dict[str, dict[str, Any]]()
        keys = [about_pk(tenant_id), CANARIES["pk"]["S"], *(place_pk(tenant_id, one) for one in places)]
        for values in self._items(keys):
            if values["pk"] == keys[0]:
                about = about_from(values)
            elif values["pk"] == keys[1]:
                heard = heard_from(values)
            elif not is_gone(values, now):
                _keep_newest(entries, values)
                if len(entries) > MOST_FOUND:
                    return _Answer(about.paths, None, too_many=True)
        if withheld(about, heard, now) is not None:
            return _Answer(about.paths, None)
        return _Answer(about.paths, tuple(interest_from(entries[name]) for name in sorted(entries)))

    def _items(self, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
        for some in batched(keys, KEYS, strict=False):
            call: dict[str, Any] = {
                "Statement": f'SELECT * FROM "{self._table}" WHERE "pk" IN [{", ".join("?" * len(some))}]',
                "Parameters": [marshal({"pk": key})["pk"] for key in some],
            }
            while True:
                with translated("dynamodb", "ExecuteStatement"):
                    answer = self._client.execute_statement(**call)
                yield from map(unmarshal, answer["Items"])
                if "NextToken" not in answer:
                    break
                call["NextToken"] = answer["NextToken"]


def _keep_newest(entries: dict[str, dict[str, Any]], values: dict[str, Any]) -> None:
    """One that has just moved may be found twice, as it was and as it is."""
    there = entries.get(values["sk"])
    if there is None or there["version"] < values["version"]:
        entries[values["sk"]] = values
