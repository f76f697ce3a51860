"""Bugs of purges: what is found by another goes after it, another tenant's goes too, and the record goes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from doorbell.domain.purges import PurgeJob, Things
from doorbell.store.belongings import stories
from doorbell.store.belongings.configuration import Sources, Subscriptions, state_keys
from doorbell.store.belongings.found import scanned
from doorbell.store.belongings.removal import remove_items
from doorbell.store.belongings.routed import Routes
from doorbell.store.belongings.stories import Beside
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.routes.items import manifest_key
from doorbell.usecases.purge import Purge
from tests.simulation.mutations import Mutation, Wrap

PURGES: list[Mutation] = []


def bug(says: str, owner: Any, name: str) -> Callable[[Wrap], Wrap]:
    def register(wrap: Wrap) -> Wrap:
        PURGES.append(Mutation(says, owner, name, wrap))
        return wrap

    return register


@bug("an event goes before what stands under it", stories, "LAST")
def _(sound: Any) -> Any:
    return ("delivery#sub0", "attempt#sub0#0000#0002")


@bug("a subscription goes before the state of its endpoint", Subscriptions, "remove")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Subscriptions, found: list[str]) -> int:
        keys = [marshal({"tenant_id": self.tenant_id, "subscription_id": name}) for name in found]
        remove_items(self.client, self.table, keys)
        return remove_items(self.client, self.endpoints, state_keys(self.tenant_id, found))

    return mutant


@bug("a manifest goes before what it tells of", Routes, "remove")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Routes, found: list[Any]) -> int:
        manifests = [manifest_key(self.tenant_id, item["sk"]["S"]) for item in found]
        remove_items(self.client, self.table, manifests)
        return remove_items(self.client, self.table, self._others(found))

    return mutant


@bug("sources of a tenant whose name begins so go too", Sources, "page")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Sources, after: Any) -> Things:
        items, last = scanned(self.client, {"TableName": self.table}, after)
        return Things([item["source_id"]["S"] for item in items], last)

    return mutant


@bug("a purge removes its own record", Beside, "_purges")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, keys: set()


@bug("who only counts removes", PurgeJob, "is_removing")
def _(sound: Any) -> Any:
    return property(lambda self: self.left is None)


@bug("a drawer of several pages is left after the first", Purge, "page")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: Purge, job: PurgeJob) -> PurgeJob:
        done: PurgeJob = sound(self, job)
        names = [drawer.name for drawer in self.drawers]
        if done.cursor is None or done.drawer == names[-1]:
            return replace(done, cursor=None)
        return done.at(names[names.index(done.drawer) + 1], None)

    return mutant
