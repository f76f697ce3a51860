"""Bugs of the routing index: who wants an event is not on file where it asks, or who does not is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain import certificates
from doorbell.domain.certificates import Heard
from doorbell.domain.errors import Unavailable
from doorbell.domain.routes import Manifest
from doorbell.store.routes import filing, reader
from doorbell.store.routes.filing import RouteFile
from doorbell.store.routes.items import manifest_key
from doorbell.store.routes.reader import RouteReader
from doorbell.usecases import file_route
from doorbell.usecases.index_changes import IndexChanges
from tests.simulation.mutations import Mutation, Wrap

ROUTES: list[Mutation] = []


def bug(says: str, owner: Any, name: str) -> Callable[[Wrap], Wrap]:
    def register(wrap: Wrap) -> Wrap:
        ROUTES.append(Mutation(says, owner, name, wrap))
        return wrap

    return register


@bug("who moves leaves the old place at once", file_route, "moved")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: replace(sound(*given), leaving={})


@bug("who leaves is on file there as what it was", filing, "entry")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    was: dict[Any, Any] = {}

    def mutant(tenant_id: str, place: str, wants: Any, version: int, until: float | None) -> Any:
        key = (tenant_id, place, wants.subscription_id)
        was[key] = was.get(key, wants) if until is not None else wants
        return sound(tenant_id, place, was[key], version, until)

    return mutant


@bug("who leaves is asked after its time", reader, "is_gone")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda values, now: False


@bug("a change is written over another's", filing, "_still")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda before: {}


@bug("nothing is known of who is gone", RouteFile, "write")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(
        self: RouteFile, owner: tuple[str, str], before: Manifest, after: Manifest, *more: Any
    ) -> bool:
        done = bool(sound(self, owner, before, after, *more))
        if done and not after.places:
            self.client.delete_item(TableName=self.table, Key=manifest_key(*owner))
        return done

    return mutant


@bug("a field that filters begin with is not made known", RouteFile, "write")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, owner, before, after, wants, path, now: sound(
        self, owner, before, after, wants, None, now
    )


@bug("an event does not ask again where a field has come up", RouteReader, "_answer")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: RouteReader, *given: Any) -> Any:
        answer = sound(self, *given)
        return None if answer is None else replace(answer, paths=frozenset())

    return mutant


@bug("the first page is taken for all", RouteReader, "_items")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, keys: list(sound(self, keys))[:10]


@bug("one canary is enough", Heard, "is_fresh")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: max(self.at.values(), default=0.0) > now - certificates.FRESH_SECONDS


@bug("canaries need not be heard lately", Heard, "is_fresh")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, now: len(self.at) == certificates.CANARIES


@bug("a certificate from before the stream forgot is good", Heard, "later")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, number, at: replace(sound(self, number, at), since=1.0)


@bug("what cannot be filed is passed over", IndexChanges, "_is_withdrawn")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, owner, cause: True


@bug("what cannot be filed now is passed over", IndexChanges, "_is_filed")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: IndexChanges, owner: tuple[str, str], since: float) -> bool:
        try:
            self.file(*owner)
        except Unavailable:
            return True
        except Exception:
            return self._is_withdrawn(owner, "")
        return True

    return mutant
