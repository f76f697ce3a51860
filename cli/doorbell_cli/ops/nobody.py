"""Names that stand for nothing: where a list is empty, its name may be mistyped."""

from doorbell.domain.sources import ID
from doorbell_cli.output import Output
from doorbell_cli.target import Target


def note_no_source(out: Output, target: Target, source_id: str) -> None:
    """Beside an empty list, where there is no such source now. One read."""
    from doorbell.domain.own_events import SOURCE as OWN_SOURCE  # all this only where a list is empty
    from doorbell.domain.reserved import INBOX_SOURCE, TEST_SOURCE
    from doorbell.signatures.vouching import PUBLISH_SOURCE
    from doorbell_cli.configuration import SOURCE

    if source_id in (PUBLISH_SOURCE, INBOX_SOURCE, TEST_SOURCE, OWN_SOURCE):
        return  # these ring without an item
    if ID.fullmatch(source_id) is None or SOURCE.table(target).get(source_id) is None:
        out.note(f"There is no source {source_id} now. `doorbell sources list` shows what there is.")


def note_no_subscription(out: Output, target: Target, tenant_id: str, subscription_id: str) -> None:
    from doorbell_cli.configuration import SUBSCRIPTION

    may_be = ID.fullmatch(tenant_id) and ID.fullmatch(subscription_id)
    if not may_be or SUBSCRIPTION.table(target).get(tenant_id, subscription_id) is None:
        out.note(
            f"There is no subscription {tenant_id}/{subscription_id} now. "
            "`doorbell subscriptions list` shows what there is."
        )
