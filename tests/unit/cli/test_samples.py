"""A sample request has the type and the delivery id where the provider writes them."""

from __future__ import annotations

import pytest

from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Dedupe, EventTypeAt, Source
from doorbell.signatures.catalogue import find, names
from doorbell.signatures.facts import Facts
from doorbell_cli.ops.samples import Sample, SampleError, sample_of


def read(sample: Sample, locator: str) -> str | None:
    return Facts(RawRequest("POST", "http://h/in/s", "/in/s", "", sample.headers, sample.body)).read(locator)


def filled(provider: str) -> Sample | str:
    """The sample, or why its type cannot be written."""
    try:
        return sample_of(Source("s", provider), "thing.done", b"{}", {})
    except SampleError as error:
        return str(error)


@pytest.mark.parametrize("provider", list(names()))
def test_a_type_is_where_ingest_reads_it_or_the_place_is_named(provider: str) -> None:
    entry, sample = find(provider), filled(provider)
    assert entry is not None
    if isinstance(sample, str):
        assert all(place in sample for place in (*entry.event_type, "--body"))
    else:
        found = [read(sample, locator) for locator in entry.event_type]
        assert found in (["thing.done"], ["thing", "done"])


def test_two_rings_are_two_events() -> None:
    first, second = (sample_of(Source("s", "github"), "push", b"{}", {}) for _ in range(2))
    assert first.headers["x-github-delivery"] != second.headers["x-github-delivery"]


def test_an_id_that_is_given_stays_and_the_bytes_with_it() -> None:
    body = b'{ "id": "evt_1",  "type": "a" }'
    assert sample_of(Source("s", "stripe"), None, body, {}).body == body
    given = sample_of(Source("s", "github"), None, b"{}", {"x-github-delivery": "7"})
    assert given.headers["x-github-delivery"] == "7"


def test_a_source_that_says_itself_where_its_type_is_gets_it_there() -> None:
    source = Source("s", "hmac", event_type=EventTypeAt("body", "meta.kind"), dedupe=Dedupe("header", "x-id"))
    sample = sample_of(source, "order", b'{"meta": {"n": 1}}', {})
    assert read(sample, "body:meta.kind") == "order"
    assert read(sample, "body:meta.n") == "1"
    assert sample.headers["x-id"]


def test_a_body_that_is_no_json_object_is_told_when_the_type_belongs_in_it() -> None:
    with pytest.raises(SampleError, match="body:type"):
        sample_of(Source("s", "stripe"), "charge", b"[1]", {})
    assert sample_of(Source("s", "stripe"), None, b"[1]", {}).body == b"[1]"
