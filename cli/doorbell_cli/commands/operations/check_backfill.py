"""What keeps a source from being back-filled by the clock."""

import time
from collections.abc import Iterator

from doorbell.domain.backfill import NotPossible
from doorbell.domain.sources import Source
from doorbell.runtime.provider_lists import base_of
from doorbell.store.events.backfill_book import BackfillBook
from doorbell_cli.commands.operations.findings import Finding
from doorbell_cli.ops.backfilling import origins
from doorbell_cli.target import Target


def back_fill_findings(target: Target, where: str, source: Source) -> Iterator[Finding]:
    """One read, of a source that has `every_minutes`."""
    if source.backfill is None or source.backfill.every_minutes is None:
        return
    if target.parameters.get("Backfill") != "true":
        yield Finding(
            where,
            "backfill.every_minutes: back-fill is not switched on in this stack",
            "Deploy with the parameter Backfill=true, or run `doorbell backfill` yourself.",
        )
        return
    try:
        base_of(source, origins(target))
    except NotPossible as error:
        yield Finding(
            where, f"backfill.api: {error}", "Deploy with the host in the parameter BackfillOrigins."
        )
    book = BackfillBook(target.client("dynamodb"), target.table("Events"), time.time)
    progress = book.progress(source)
    if progress.problem:
        problem = f"backfill: {progress.problem} ({progress.failures} times in a row)"
        yield Finding(where, problem, f"See what it says: doorbell backfill {source.source_id} --dry-run")
