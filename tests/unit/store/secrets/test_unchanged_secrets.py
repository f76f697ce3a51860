"""A parameter that stays the same is decrypted once an hour, and asked whether it does as often as before."""

import pytest

from doorbell.domain.errors import SecretMissing
from doorbell.store.secrets.secrets import DECRYPTED_SECONDS, TTL_SECONDS
from tests.unit.store.secrets.test_secrets import GITHUB, World, client_error

WRITTEN = 1_700_000_000.25


@pytest.fixture
def world() -> World:
    world = World()
    world.ssm.write("github", "old", 1, WRITTEN)
    assert world.resolve(GITHUB) == ("old",)
    return world


def later(world: World, seconds: float = TTL_SECONDS) -> tuple[str, ...]:
    world.now += seconds
    return world.resolve(GITHUB)


def test_an_hour_costs_one_decryption_and_a_question_every_five_minutes(world: World) -> None:
    looks = int(DECRYPTED_SECONDS / TTL_SECONDS) - 1
    assert [later(world) for _ in range(looks)] == [("old",)] * looks
    assert (world.ssm.calls, world.ssm.decrypted) == (1 + looks, 1)
    later(world)
    assert (world.ssm.calls, world.ssm.decrypted) == (2 + looks, 2)


@pytest.mark.parametrize(
    ("version", "written"), [(2, WRITTEN + 60), (1, WRITTEN + 60), (2, WRITTEN)], ids=["next", "anew", "fast"]
)
def test_a_parameter_that_was_written_again_is_read_at_the_next_question(
    world: World, version: int, written: float
) -> None:
    """`anew`: deleted, and made again with the first version."""
    world.ssm.write("github", "new", version, written)
    assert later(world) == ("new",)
    assert later(world) == ("new",)
    assert world.ssm.decrypted == 2


def test_a_flood_of_forged_requests_decrypts_nothing(world: World) -> None:
    for _ in range(100):
        world.now += 10
        assert world.store.forget([GITHUB])
        world.resolve(GITHUB)
    assert (world.ssm.calls, world.ssm.decrypted) == (101, 1)


def test_a_rotation_is_seen_at_the_first_mismatch(world: World) -> None:
    world.now += 11
    world.ssm.write("github", "new", 2, WRITTEN + 60)
    assert world.store.forget([GITHUB])
    assert world.resolve(GITHUB) == ("new",)


@pytest.mark.parametrize("code", ["ParameterNotFound", "AccessDeniedException"])
def test_a_parameter_that_is_gone_or_denied_serves_no_longer(world: World, code: str) -> None:
    world.ssm.failure = client_error(code)
    with pytest.raises(SecretMissing):
        later(world)
    world.ssm.failure = None
    assert later(world, 10) == ("old",)
    assert world.ssm.decrypted == 2


def test_a_key_that_was_taken_away_is_missed_within_an_hour(world: World) -> None:
    world.ssm.key_is_gone = True
    assert later(world, DECRYPTED_SECONDS - 1) == ("old",)
    world.now += 1
    with pytest.raises(SecretMissing, match="cannot be used"):
        later(world)


def test_while_nobody_answers_the_old_secret_serves_an_hour_after_it_was_last_asked_for(world: World) -> None:
    later(world)
    world.ssm.failure = client_error("ThrottlingException")
    assert later(world, 3600) == ("old",)
    assert [reference for reference, _ in world.stale] == [GITHUB]


def test_a_parameter_without_a_version_is_read_every_time(world: World) -> None:
    world.ssm.versions.clear()
    later(world)
    later(world)
    assert world.ssm.decrypted == 3
