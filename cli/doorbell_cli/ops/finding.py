"""What an id is that one has at hand, and where it was looked for."""

import time

from doorbell.domain.errors import Refusal
from doorbell.signatures.naming import fitted
from doorbell.signatures.vouching import PUBLISH_SOURCE
from doorbell.store.events.generations import GenerationTable
from doorbell.usecases.find import Find, Finding, Found, What
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION
from doorbell_cli.target import Target


def the_one(target: Target, text: str, tenant: str, source: str | None) -> Found:
    """What the id stands for. Refuses one that stands for nothing (404), or for several things (409)."""
    finding = _find(target)(text, tenant, source)
    if not finding.found:
        raise Refusal(404, "unknown_id", _nothing(text, tenant, source, finding))
    if len(finding.found) > 1:
        ways = "; ".join(f"{_called(one)}: doorbell {command(one)}" for one in finding.found[:5])
        raise Refusal(409, "ambiguous", f"{text} stands for {len(finding.found)} things. {ways}")
    return finding.found[0]


def command(found: Found) -> str:
    """That shows it."""
    return f"{found.what.value}s show {'/'.join(found.key)}"


def described(found: Found) -> str:
    if found.what is not What.EVENT:
        return f"a {found.what.value}"
    first = ": the first event that its body was split into" if found.element else ""
    return f"a delivery id of the source {found.source_id}{first}"


def _called(found: Found) -> str:
    return f"an event of {found.source_id}" if found.what is What.EVENT else f"a {found.what.value}"


def _find(target: Target) -> Find:
    generations = GenerationTable(target.client("dynamodb"), target.table("Events"), time.time)
    return Find(SUBSCRIPTION.table(target), SOURCE.table(target), generations, fitted, PUBLISH_SOURCE)


def _nothing(text: str, tenant: str, source: str | None, finding: Finding) -> str:
    if source is not None:
        return f"No event of the source {source} has the delivery id {text}, or it has expired."
    some = f"the first {len(finding.sources)} sources of {tenant}, so name yours with --source"
    where = some if finding.more_sources else f"any source of {tenant}: {', '.join(finding.sources)}"
    return (
        f"Nothing found for {text}. Looked for a subscription of {tenant}, a source, and a delivery id of "
        f"{where}. For another tenant's, add --tenant. An event's own id begins with evt_."
    )
