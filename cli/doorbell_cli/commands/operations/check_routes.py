"""Which tenants' events ask the routing index, and why not."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from doorbell.domain.certificates import About, Heard, Withheld, withheld
from doorbell.store.routes.abouts import Abouts
from doorbell.store.routes.canaries import HeardCanaries
from doorbell.usecases.certify import MANY
from doorbell_cli.commands.operations.findings import Finding, Listed, Note
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.times import span
from doorbell_cli.target import Target

WHERE = "routing index"
LOG = "doorbell logs --function indexer --since 3h"
NOT_YET = {
    Withheld.NONE: "it has none; the walk of every hour gives it",
    Withheld.OTHER_FORM: "another release made what it has; the walk of every hour gives a new one",
    Withheld.BEFORE_GAP: "changes were not heard of for long since it was given; the walk of every hour "
    "gives a new one",
}


def certificates(target: Target, items: Sequence[Listed]) -> Iterator[Finding | Note]:
    """Of the tenants of `items`. One read, and one more for each with more than a page of subscriptions."""
    counts = Counter(str(one.values.get("tenant_id")) for one in items if one.kind is SUBSCRIPTION)
    large = {tenant: count for tenant, count in sorted(counts.items()) if count > MANY}
    if not large:
        return
    client, table, now = target.client("dynamodb"), target.table("Routes"), time.time()
    heard = HeardCanaries(client, table).get()
    if not heard.is_fresh(now):
        problem = f"changes of subscriptions are not heard of{_since(heard, now)}: every event asks everybody"
        yield Finding(WHERE, problem, f"See why: {LOG}")
        return
    for tenant, count in large.items():
        yield _of_one(tenant, count, Abouts(client, table).get(tenant), heard, now)


def _of_one(tenant: str, count: int, about: About, heard: Heard, now: float) -> Finding | Note:
    where, many = f"{WHERE} of tenant {tenant}", f"{count:,} subscriptions"
    why = withheld(about, heard, now)
    if why is Withheld.WITHDRAWN:
        problem = f"its certificate was withdrawn, as one of its {many} could not be filed"
        return Finding(where, f"{problem}: its events ask everybody", f"See which: {LOG}")
    if why is not None or about.certificate is None:
        return Note(where, f"not yet: {NOT_YET[why or Withheld.NONE]}; until then its events ask everybody")
    ago = span(max(0.0, now - about.certificate.began_at))
    return Note(where, f"in use: {many}, all of which were found in it {ago} ago")


def _since(heard: Heard, now: float) -> str:
    latest = min(heard.at.values(), default=None)
    return "" if latest is None else f" since {span(max(0.0, now - latest))} ago"
