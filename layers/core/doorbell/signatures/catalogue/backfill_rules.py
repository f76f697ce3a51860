"""Whether a source's `backfill`, as written, can be asked for. Only sources that have one load this."""

from doorbell.domain.backfill import HOOK_EXAMPLES, HOOKS
from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Entry


def check_backfill(source: Source, entry: Entry) -> None:
    """What is in a provider's list is told from what is here by the provider's own delivery key."""
    setting = source.backfill
    assert setting is not None
    hook = HOOKS.get(entry.name)
    if hook is None:
        known = ", ".join(HOOKS)
        raise ConfigError(source.source_id, "backfill", f"no list of {entry.title} is known; of {known}")
    if not hook.fullmatch(setting.hook):
        raise ConfigError(source.source_id, "backfill.hook", f"must be {HOOK_EXAMPLES[entry.name]}")
    dedupe = source.dedupe
    if dedupe is not None and entry.dedupe != (f"{dedupe.origin}:{dedupe.key}",):
        raise ConfigError(source.source_id, "dedupe", "back-fill goes by the provider's own delivery key")
    if source.split:
        raise ConfigError(source.source_id, "split", "back-fill goes by the provider's own delivery key")
