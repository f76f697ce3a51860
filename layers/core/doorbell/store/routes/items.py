"""The table Routes: key `pk`, `sk`. Made of Subscriptions alone, and can be made anew of it.

    <tenant>#<place>    <subscription>  who is on file there: `sources`, `event_types`, `filter` as they are
                                        matched, `version` of its manifest; `expires_at` where it leaves
    <tenant>#manifests  <subscription>  what is on file of it: `places`, `leaving`, `digest`, `version`;
                                        `expires_at` where that is nothing
    <tenant>#about      -               `paths` that filters begin with; the tenant's `certificate`, and how
                                        many were withdrawn
    !canaries           -               when each canary was last heard, and since when without a gap

A subscription with one place: two items of below a KiB. What an event reads is told in `reader`, what a
change writes in `filing`.
"""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.filing import Path
from doorbell.domain.routes import Manifest, Place
from doorbell.domain.subscriptions import Interest
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, Item, marshal, unmarshal

ONE: Final = "-"
"""The sort key where there is one."""
CANARIES: Final = marshal({"pk": "!canaries", "sk": ONE})
"""No tenant's: an id has no "!"."""
TOMB_SECONDS = 86_400
"""How long it is known that nothing is on file: who is late must not file it again."""


def place_pk(tenant_id: str, place: Place) -> str:
    return f"{tenant_id}#{place}"


def manifests_pk(tenant_id: str) -> str:
    return f"{tenant_id}#manifests"


def about_pk(tenant_id: str) -> str:
    return f"{tenant_id}#about"


def manifest_key(tenant_id: str, subscription_id: str) -> Item:
    return marshal({"pk": manifests_pk(tenant_id), "sk": subscription_id})


def about_key(tenant_id: str) -> Item:
    return marshal({"pk": about_pk(tenant_id), "sk": ONE})


def entry_key(tenant_id: str, place: Place, subscription_id: str) -> Item:
    return marshal({"pk": place_pk(tenant_id, place), "sk": subscription_id})


def entry(tenant_id: str, place: Place, wants: Interest, version: int, until: float | None) -> Item:
    values = {
        "sources": list(wants.sources) or None,
        "event_types": list(wants.event_types) or None,
        "filter": wants.filter,
        "version": version,
        TTL_ATTRIBUTE: None if until is None else int(until),
    }
    return entry_key(tenant_id, place, wants.subscription_id) | marshal(values)


def interest_from(values: Mapping[str, Any]) -> Interest:
    """It was sound when it was filed, and is on."""
    sources, types = values.get("sources", ()), values.get("event_types", ())
    return Interest(values["sk"], True, tuple(sources), tuple(types), values.get("filter"))


def manifest_item(tenant_id: str, subscription_id: str, manifest: Manifest, now: float) -> Item:
    values = {
        "version": manifest.version,
        "digest": manifest.digest or None,
        "places": list(manifest.places) or None,
        "leaving": dict(manifest.leaving) or None,
        TTL_ATTRIBUTE: None if manifest.places else int(now + TOMB_SECONDS),
    }
    return manifest_key(tenant_id, subscription_id) | marshal(values)


def manifest_from(item: Item | None) -> Manifest:
    """None: nothing is on file."""
    values = unmarshal(item or {})
    return Manifest(
        values.get("version", 0),
        values.get("digest", ""),
        tuple(values.get("places", ())),
        values.get("leaving", {}),
    )


def paths_from(values: Mapping[str, Any]) -> frozenset[Path]:
    return frozenset(tuple(path.split(".")) for path in values.get("paths", ()))


def path_text(path: Path) -> str:
    return ".".join(path)
