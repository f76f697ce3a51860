"""A secret that travels is gone from what is passed on, wherever its provider puts it."""

from __future__ import annotations

import pytest

from doorbell.domain.events import Several, VerifiedEvent
from doorbell.signatures.diagnosis.masking import TRAVELS
from tests.unit.signatures.cases import CASES, with_header


@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name].entry.special in TRAVELS))
def test_no_event_bears_the_secret_that_proved_its_sender(name: str) -> None:
    case = CASES[name]
    proven = case.examine(case.signed())
    assert isinstance(proven, VerifiedEvent | Several)
    for event in proven.events if isinstance(proven, Several) else (proven,):
        assert case.stored.encode() not in event.body
        assert case.stored not in str(event.headers)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name].entry.special in TRAVELS))
def test_while_secrets_are_rotated_none_of_them_is_passed_on(name: str, place: int) -> None:
    """Whichever of them its sender still has, and where else a request bears one: each opens the door."""
    case, others = CASES[name], ["sesame-of-next-week", "sesame-of-this-week"]
    secrets = [*others[:place], case.stored, *others[place:]]
    request = case.signed()
    for number, secret in enumerate(secrets):
        request = with_header(request, f"x-seen-{number}", f"by a proxy: {secret}")
    proven = case.examine(with_header(request, "x-plain", "by a proxy"), secrets=secrets)
    assert isinstance(proven, VerifiedEvent | Several)
    for event in proven.events if isinstance(proven, Several) else (proven,):
        assert [name for name in event.headers if name.startswith("x-")] == ["x-plain"]
        assert case.stored.encode() not in event.body
