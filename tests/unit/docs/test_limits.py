"""The numbers of docs/limits.md, README and their neighbours are the code's."""

from __future__ import annotations

from doorbell.domain import health, outbound, places, retry, retry_after, sources, subscriptions
from doorbell.domain.headers import MAX_HEADERS
from doorbell.egress import client, connecting, conversation, recent_names, resolver
from doorbell.payloads import expressions, filters, transform
from doorbell.store.configuration import sources as source_table
from doorbell.store.configuration import subscriptions as subscription_table
from doorbell.store.secrets import secrets
from doorbell.usecases import accept, admission, fan_out, publish
from doorbell_cli.commands.operations import check_account, check_stack
from tests.support.docs import code_in, page, section, table

LIMITS, CONFIGURE, OPERATE = (page(f"docs/{name}.md") for name in ("limits", "configure", "operate"))
SIZES = section(LIMITS, "## Sizes and times")


def test_sizes_and_times() -> None:
    assert f"{sources.MAX_BODY_BYTES:,} bytes" in SIZES
    assert f"| a body in the message | {accept.INLINE_BYTES // 1024} KiB" in SIZES
    assert f"| a body in the item | {fan_out.INLINE_ITEM_BYTES // 1024} KiB" in SIZES
    assert (
        f"| an attempt | {subscriptions.MAX_TIMEOUT_SECONDS:g} s; {client.MAX_BODY_BYTES // 1024} KiB"
        in SIZES
    )
    assert f"{outbound.MAX_RESPONSE_TEXT_BYTES // 1024} KiB of its text" in SIZES
    assert (
        f"{retry.MAX_ATTEMPTS} attempts; each wait at most {retry.MAX_DELAY_SECONDS / 86400:g} days" in SIZES
    )
    assert f"| publish | {publish.MAX_BATCH} events" in SIZES
    assert f"{expressions.MAX_EXPRESSION_CHARS:,} characters" in SIZES
    assert f"a filter some {filters.FILTER_STEPS:,} steps, a transform {transform.TRANSFORM_STEPS:,}" in SIZES
    assert f"| a subscription's headers | {MAX_HEADERS}, of 8 KiB" in SIZES


def test_what_hangs_and_what_is_in_the_way() -> None:
    surprises = section(LIMITS, "## What may surprise")
    assert f"At most {resolver.MAX_LOOKUPS} names are looked up at once" in surprises
    assert recent_names.STALE_SECONDS == 300
    assert "known from the last five minutes serves on" in surprises
    least, most = admission.BUSY_SECONDS, admission.BUSY_MOST_SECONDS / 60
    assert f"waited beyond its schedule, {least:g} s to {most:g} minutes" in surprises
    assert (connecting.HEAD_START_SECONDS, connecting.MAX_ADDRESSES_TRIED) == (0.25, 4)
    assert "a quarter second apart; four are tried" in surprises
    assert f"Up to {conversation.MAX_HEADER_BYTES // 1024} KiB of headers" in CONFIGURE


def test_every_form_of_a_wait_is_read() -> None:
    """Those of Retry-After itself, then the headers of other names."""
    before_them_all = 1_767_000_000.0
    told = [text for row in table("docs/limits.md", "## Retry-After") for text in code_in(row[0])]
    headers = {text for text in told if text[0].isalpha()}
    forms = [text for text in told if text[0].isdigit()]
    assert headers == {*retry_after.IN_MILLISECONDS, *retry_after.RESETS}
    assert len(forms) == 7
    assert all(retry_after.retry_after_seconds(form, now=before_them_all) for form in forms)
    assert f"from {retry_after.MOMENT_FROM:,.0f} on" in LIMITS


def test_how_soon_a_change_is_seen() -> None:
    seconds = source_table.CACHE_SECONDS, subscription_table.CACHE_SECONDS
    assert "at most {:g} seconds, a changed subscription after at most {:g}".format(*seconds) in one_line(
        CONFIGURE
    )
    assert "at most {:g} s (source) or {:g} s (subscription)".format(*seconds) in LIMITS
    assert secrets.TTL_SECONDS == 300
    assert "in memory for five minutes" in one_line(CONFIGURE)


def test_how_an_endpoint_is_parked() -> None:
    parking = one_line(section(OPERATE, "### Parking"))
    assert (
        f"The first park lasts {health.PARK_BASE_SECONDS:g} s; each further one lasts twice as long"
        in parking
    )
    assert "up to an hour" in parking
    assert health.PARK_MAX_SECONDS == 3600
    assert f"up to {health.RETRY_AFTER_MAX_SECONDS / 3600:g} h" in parking
    assert all(str(status) in parking for status in health.OVERLOADED)
    assert health.BREAKER_FAILURES == 5
    assert "five failures in a row ([those that count](#retry-rules))" in parking
    assert health.DISABLE_AFTER_SECONDS == 5 * 86400
    assert "five days of nothing but failure" in parking
    assert f"{health.DRAIN_PER_SECOND:g} a second" in parking


def test_the_first_day_and_the_quotas() -> None:
    first_day, quotas = (
        one_line(section(LIMITS, f"## {name}")) for name in ("The first day", "Quotas of the account")
    )
    units = check_account.UNITS_PER_EVENT
    assert "writes five for a small event with one delivery" in first_day
    assert f"some {4000 // units} events a second" in first_day
    assert units == 5
    assert f"AWS keeps {check_account.ALWAYS_UNRESERVED} unreserved" in quotas
    assert f"{check_account.SSM_PER_SECOND} `GetParameter` a second" in quotas
    assert "100 environments and 120 secrets are 40 a second" in quotas
    assert 100 * 120 / secrets.TTL_SECONDS == check_account.SSM_PER_SECOND
    assert check_account.HIGH_THROUGHPUT in quotas


def test_what_may_surprise() -> None:
    surprises = section(LIMITS, "## What may surprise")
    assert "at most 15 minutes ahead" in surprises
    assert places.PLANNED_SECONDS == 15 * 60
    assert f"Gone {check_stack.KEPT_DAYS} days after the message" in surprises


def one_line(text: str) -> str:
    return " ".join(text.split())
