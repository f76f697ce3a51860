"""The list of a source's provider, ready to be asked."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from doorbell.domain.backfill import Listed, NotPossible
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.sources import Source
from doorbell.egress.api import Api
from doorbell.egress.lists import github, gitlab, stripe
from doorbell.egress.transport import Transport
from doorbell.signatures.catalogue import find
from doorbell.signatures.naming import window_hours
from doorbell.signatures.verifier import fetched_event
from doorbell.usecases.ports_of_backfill import List

HOUR = 3600
type Take = Callable[[Source, Listed, str, str], None]
"""(source, event, from where, what is to be known of it)."""
HOMES = {
    "github": github.BASE,
    "stripe": stripe.BASE,
    "gitlab": gitlab.BASE,
    "gitlab.signed": gitlab.BASE,
}
"""Where each provider's API is, for everybody."""


def list_of(
    source: Source,
    credential: str,
    transport: Transport,
    origins: Sequence[str],
    clock: Callable[[], float],
    take: Take,
) -> List:
    """`take`: lets an event in that was fetched. `origins`: further ones that may be called. Raises
    `NotPossible`: the credential goes nowhere else, and what is fetched comes from nowhere else."""
    home, base = base_of(source, origins)
    hook = source.backfill.hook if source.backfill is not None else ""
    if home == stripe.BASE:
        return _stripe(source, hook, base, credential, transport, clock, take)
    if home == gitlab.BASE:
        return _gitlab(hook, base, credential, transport, clock)
    return _github(hook, base, credential, transport, clock)


def base_of(source: Source, origins: Sequence[str]) -> tuple[str, str]:
    """Where its provider's API is for everybody, and for this source. Raises `NotPossible`."""
    setting, entry = source.backfill, find(source.provider)
    home = HOMES.get(entry.name) if entry is not None else None
    if setting is None or home is None or entry is None:
        raise NotPossible("the source has no backfill")
    base = (setting.api or home).rstrip("/")
    parts = urlsplit(base)
    if base != home and (f"{parts.scheme}://{parts.netloc}" not in origins or _is_fixed(entry.name, base)):
        allowed = "BackfillOrigins of the stack, or --origin"
        raise NotPossible(f"its API at {parts.netloc} is not one that may be called: see {allowed}")
    return home, base


def _is_fixed(provider: str, base: str) -> bool:
    """What is fetched is believed for the host it comes from: there is no other. (Without TLS it is a local
    one: the guard lets no other through.)"""
    return provider == "stripe" and base.startswith("https:")


def _github(hook: str, base: str, credential: str, transport: Transport, clock: Callable[[], float]) -> List:
    def bearer() -> tuple[tuple[str, str], ...]:
        token = credential
        if hook.startswith("app/"):
            from doorbell.egress.lists.github_app import app_token

            token = app_token(hook.partition("/")[2], credential, clock())
        return (("authorization", f"Bearer {token}"),)

    return github.GitHubList(Api(transport, base, github.HEADERS, bearer, clock), hook)


def _gitlab(hook: str, base: str, credential: str, transport: Transport, clock: Callable[[], float]) -> List:
    api = Api(transport, base, gitlab.HEADERS, lambda: (("private-token", credential),), clock)
    return gitlab.GitLabList(api, hook)


def _stripe(
    source: Source,
    hook: str,
    base: str,
    credential: str,
    transport: Transport,
    clock: Callable[[], float],
    take: Take,
) -> List:
    api = Api(transport, base, (), lambda: (("authorization", f"Bearer {credential}"),), clock)
    return stripe.StripeList(api, hook, lambda row, said: take(source, row, base, said))


def verified(
    source: Source, body: bytes, origin: str, said: str, ingest_id: str, now: float
) -> VerifiedEvent | Several:
    entry = find(source.provider)
    assert entry is not None
    return fetched_event(source, entry, body, origin=origin, said=said, ingest_id=ingest_id, now=now)


def window_of(source: Source) -> float:
    """Seconds of the source's dedupe window."""
    entry = find(source.provider)
    return 0.0 if entry is None else float(window_hours(source, entry) * HOUR)
