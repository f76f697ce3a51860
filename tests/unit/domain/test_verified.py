"""What a receiver says of a test event's signature."""

from __future__ import annotations

import pytest

from doorbell.domain.deliveries import Attempt
from doorbell.domain.trials import says_verified

EVENT = "evt_1"


def answered(response: str, status: int | None = 200) -> Attempt:
    return Attempt(1, 0.0, 5, status, None, "", response)


def test_a_receiver_that_names_the_event_says_that_it_verified_it() -> None:
    assert says_verified(answered('{"verified": "evt_1", "more": [1]}'), EVENT) is True


@pytest.mark.parametrize("word", ['"evt_2"', "true", "1", '["evt_1"]', '{"evt_1": 1}', '""', '"EVT_1"'])
def test_any_other_word_is_not_this_event(word: str) -> None:
    assert says_verified(answered(f'{{"verified": {word}}}'), EVENT) is False


@pytest.mark.parametrize(
    "response",
    ["", "ok", "evt_1", '"evt_1"', '["verified"]', '{"verified": null}', '{"verified": "evt_1"', "[" * 1000],
)
def test_whatever_else_it_answers_says_nothing(response: str) -> None:
    assert says_verified(answered(response), EVENT) is None


@pytest.mark.parametrize("status", [401, 500, 302, None])
def test_who_does_not_take_it_says_nothing_whatever_the_answer_holds(status: int | None) -> None:
    assert says_verified(answered('{"verified": "evt_1"}', status), EVENT) is None
