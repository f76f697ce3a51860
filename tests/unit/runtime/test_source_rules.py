"""What is asked of a source's `backfill` when it is written, and by whoever back-fills; not by ingest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Backfill, Dedupe, Source
from doorbell.runtime.source_rules import check_source
from doorbell.signatures.gate import Gate

HOOK = "repos/octo/hello/hooks/7"
GITHUB = Source("gh", "github", ("ssm:/x",), backfill=Backfill("ssm:/token", HOOK))
STRIPE = Source("pay", "stripe", ("ssm:/x",), backfill=Backfill("ssm:/key", "we_1MgtdoLkdIwHu7ix"))
GITLAB = Source("gl", "gitlab", ("ssm:/x",), backfill=Backfill("ssm:/token", "projects/12/hooks/7"))


def hook(source: Source, name: str) -> Source:
    assert source.backfill is not None
    return replace(source, backfill=replace(source.backfill, hook=name))


@pytest.mark.parametrize(
    "source",
    [
        GITHUB,
        hook(GITHUB, "orgs/octo/hooks/7"),
        hook(GITHUB, "app/123"),
        replace(GITHUB, dedupe=Dedupe("header", "x-github-delivery", 48)),
        STRIPE,
        replace(STRIPE, dedupe=Dedupe("body", "id", 48)),
        GITLAB,
        hook(GITLAB, "projects/acme/tools/shop/hooks/7"),
        hook(GITLAB, "groups/acme/hooks/7"),
        replace(GITLAB, dedupe=Dedupe("header", "idempotency-key", 48)),
        replace(GITLAB, provider="gitlab.signed"),
        replace(GITLAB, provider="gitlab.signed", dedupe=Dedupe("header", "webhook-id", 48)),
    ],
)
def test_a_hook_that_can_be_asked_is_taken(source: Source) -> None:
    check_source(source)


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (hook(GITHUB, "octo/hello"), "backfill.hook"),
        (hook(GITHUB, "repos/octo/../hooks/7"), "backfill.hook"),
        (hook(GITHUB, "repos/./hello/hooks/7"), "backfill.hook"),
        (hook(GITHUB, f"{HOOK}?per_page=1"), "backfill.hook"),
        (hook(STRIPE, HOOK), "backfill.hook"),
        (replace(GITHUB, provider="bitbucket"), "backfill"),
        (replace(GITLAB, provider="github"), "backfill.hook"),
        (hook(GITLAB, "projects/12/hooks"), "backfill.hook"),
        (hook(GITLAB, "projects/acme/../hooks/7"), "backfill.hook"),
        (hook(GITLAB, "projects/12/hooks/7/events"), "backfill.hook"),
        (hook(GITLAB, "users/12/hooks/7"), "backfill.hook"),
        (replace(GITLAB, dedupe=Dedupe("header", "x-gitlab-event-uuid")), "dedupe"),
        (replace(GITHUB, dedupe=Dedupe("body", "head_commit.id")), "dedupe"),
        (replace(GITHUB, split=True), "split"),
    ],
)
def test_what_cannot_be_asked_or_compared_is_refused_and_rings_are_taken_all_the_same(
    source: Source, field: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        check_source(source)
    assert refused.value.field == field
    Gate().check_source(source)
