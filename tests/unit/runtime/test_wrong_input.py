"""What a caller did wrong is told in words that name the mend, not in a library's."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from doorbell.domain.errors import Refusal
from doorbell.runtime.admin.jobs_answers import JobWanted
from doorbell.runtime.published import parse
from doorbell.runtime.wrong_input import in_words

JOB = {"kind": "test", "subscription_id": "books"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "tset"}, "must be 'replay', 'preview', 'test' or 'purge'"),
        ({"subscription_id": "a b"}, "must be 1 to 64 letters, digits, _ . or -"),
        ({"subscription_id": 7}, "must be text"),
        ({"event_type": "a b"}, "must be 1 to 128 letters, digits, _ . : / or -"),
        ({"event_typ": "a"}, "unknown field"),
        ({"since": "yesterday"}, "must be a time as RFC 3339 has it, such as 2026-11-30T08:00:00Z"),
        ({"sources": "shop"}, "must be a list"),
        ({"wait_seconds": 0}, "must be at least 1"),
        ({"wait_seconds": 3601}, "must be at most 3600"),
        ({"wait_seconds": "60"}, "must be a number"),
        ({"per_second": "20"}, "must be a number"),
        ({"would_match": "true"}, "must be true or false"),
        ({"states": []}, "must not be empty"),
        ({"states": ["exhausted", "cancelled", "exhausted"]}, "must have at most 2 entries"),
    ],
)
def test_a_job_that_cannot_be_is_refused_in_words(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        JobWanted.model_validate(JOB | given)
    (error,) = caught.value.errors()
    assert in_words(error) == words


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"data": 1}, "type: missing"),
        ({"type": "no blanks", "data": 1}, "type: must be 1 to 128 letters, digits, _ . : / or -"),
        ({"type": "a", "data": 1, "tenant": "x"}, "tenant: unknown field; did you mean tenant_id?"),
        ({"type": "a", "data": 1, "colour": "x"}, "colour: unknown field"),
        ({"type": "a", "data": 1, "id": "x" * 257}, "id: must have at most 256 characters"),
        ({"type": "a", "data": 1, "id": ""}, "id: must not be empty"),
        ({"type": "a", "data": 1, "id": 5}, "id: must be text"),
        ("no object", "event: must be an object"),
    ],
)
def test_an_event_that_cannot_be_published_is_refused_in_words(item: object, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse(item)
    assert caught.value.detail == words
