"""Back-fill from Stripe's list of events: fetched, and told so; the same event as if it had rung."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from doorbell.domain.backfill import AGAIN_SECONDS, NotPossible, Stage, Verdict
from doorbell.domain.errors import Refusal
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.sources import Dedupe
from doorbell.runtime.provider_lists import list_of
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from tests.support import fakes
from tests.support.stripe_events import KEY
from tests.unit.usecases.backfill_account import SOURCE, Account

HOUR = 3600.0


def test_what_is_missing_is_fetched_and_is_the_event_that_would_have_rung() -> None:
    account = Account()
    listed = account.stripe.happen()
    account.later()
    assert account.run().asked == 1
    (event,) = account.taken()
    body = json.dumps(listed).encode()
    request = sign_request("stripe", "whsec_x", url="https://h.test/in/pay", body=body, now=account.clock())
    rung = Gate().examine(SOURCE, request, ["whsec_x"], verify_token=None, ingest_id="i", now=account.clock())
    assert isinstance(rung, VerifiedEvent)
    assert (event.event_id, event.dedupe_key, event.event_type) == (
        rung.event_id, rung.dedupe_key, rung.event_type,
    )  # fmt: skip
    assert (event.tenant_id, event.source_id) == ("acme", "pay")
    assert json.loads(event.body) == listed


def test_its_proof_is_where_it_was_fetched_and_stands_on_record_with_the_version() -> None:
    account = Account()
    account.stripe.happen()
    account.later()
    account.run()
    (event,) = account.taken()
    assert event.proof.by == "fetched:https://api.stripe.com"
    assert event.fetched == (
        "fetched from https://api.stripe.com at 2023-11-14T22:18:20Z; "
        "rendered in API version 2026-10-28.dahlia; a webhook's may be another"
    )
    assert account.hosts == {"https://api.stripe.com"}


def test_only_the_endpoints_types_are_taken() -> None:
    account = Account()
    for kind in ("invoice.paid", "customer.created", "charge.failed"):
        account.stripe.happen(kind)
    account.later()
    account.run()
    assert {event.event_type for event in account.taken()} == {"invoice.paid", "charge.failed"}
    account.stripe.types = ["*"]
    account.clock.advance(HOUR)
    account.book.kept = None
    account.run()
    assert {event.event_type for event in account.taken()} >= {"customer.created"}


def test_what_is_on_record_is_not_taken_again_and_a_dry_run_takes_nothing() -> None:
    account = Account()
    for _ in range(250):
        account.stripe.happen()
    account.later()
    assert account.run(dry_run=True).counted[Verdict.BRING] == 250
    assert account.taken() == []
    assert account.run().asked == 250
    assert (account.run().asked, len(account.taken())) == (0, 250)


def test_what_may_still_be_on_its_way_is_left_alone() -> None:
    account = Account()
    account.stripe.happen()
    assert account.run().counted[Verdict.YOUNG] == 1


@pytest.mark.parametrize("after", [False, True])
def test_whoever_dies_anywhere_each_event_is_enqueued_under_one_ingest_id(after: bool) -> None:
    """Twice in the queue with the same ingest id is one event: fan-out resumes."""
    death, died = 0, True
    while died:
        death += 1
        account = Account()
        for _ in range(105):
            account.stripe.happen("invoice.paid" if len(account.stripe.events) % 20 == 0 else "other")
        account.later()
        account.steps.death, account.steps.after, died = death, after, False
        try:
            account.run()
        except fakes.Crash:
            died = True
        account.steps.death = 0
        for _ in range(2):
            account.clock.advance(AGAIN_SECONDS)
            account.run()
        assert len({(event.event_id, event.ingest_id) for event in account.taken()}) == 6, f"step {death}"
        assert len({event.event_id for event in account.taken()}) == 6, f"step {death}"


def test_what_the_sources_own_schema_refuses_is_missing_for_good() -> None:
    account = Account()
    event = account.stripe.happen()
    account.checks.refuse["schema"] = Refusal(422, "schema", "no")
    account.later()
    assert account.run().given_up == 1
    assert (account.taken(), account.book.asked[event["id"]].stage) == ([], Stage.MISSING)


def test_an_event_that_claims_to_be_anothers_is_an_event_of_this_source_and_tenant() -> None:
    account = Account()
    account.stripe.happen(tenant_id="victim", source_id="theirs", account="acct_of_another")
    account.later()
    account.run()
    (event,) = account.taken()
    assert (event.tenant_id, event.source_id) == ("acme", "pay")


def test_an_endpoint_that_rings_elsewhere_and_a_key_that_is_not_taken_are_told() -> None:
    account = Account()
    account.stripe.url = "https://hooks.test/in/another"
    with pytest.raises(NotPossible, match="does not ring at this source"):
        account.run()
    account.stripe.instead = lambda call: (401, {}, b"{}")
    with pytest.raises(NotPossible, match="credential"):
        account.run()


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"data":[{"id":1}]}', b'{"data":[7],"has_more":true}'])
def test_a_list_that_cannot_be_read_is_asked_for_again_later(body: bytes) -> None:
    account = Account()
    account.stripe.types = ["*"]
    account.stripe.instead = lambda call: (200, {}, body) if "/v1/events" in call else None
    report = account.run()
    assert (report.asked, account.taken()) == (0, [])
    assert report.later is not None or report.counted.total() == 0


def test_what_is_fetched_comes_from_stripes_own_host_whatever_the_operator_allows() -> None:
    assert SOURCE.backfill is not None
    elsewhere = "https://stripe.elsewhere.test"
    source = replace(SOURCE, backfill=replace(SOURCE.backfill, api=elsewhere))
    account = Account()
    with pytest.raises(NotPossible, match="may be called"):
        list_of(source, KEY, account, [elsewhere], account.clock, account.take)  # type: ignore[arg-type]


def test_a_place_in_the_list_that_is_not_kept_any_more_begins_it_again() -> None:
    account = Account()
    for _ in range(150):
        account.stripe.happen()
    account.later()
    account.stripe.instead = lambda call: (503, {}, b"") if "starting_after" in call else None
    assert isinstance(account.run().later, float)
    account.stripe.instead = lambda call: None
    assert account.book.kept is not None
    account.book.kept = replace(account.book.kept, cursor="evt_gone")
    account.run()
    assert len({event.event_id for event in account.taken()}) == 150


def test_the_window_of_the_source_bounds_how_far_back_it_is_asked() -> None:
    account = Account(replace(SOURCE, dedupe=Dedupe("body", "id", 1)))
    account.stripe.happen()
    account.clock.advance(2 * HOUR)
    assert account.run().counted.total() == 0
