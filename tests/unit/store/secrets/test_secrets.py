"""The cache of secrets: when a service is asked, when it is not, and what is said when it fails."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from doorbell.domain.errors import SecretMissing, Unavailable
from doorbell.store.secrets.secrets import SecretStore
from tests.support.clocks import both

OWNER: Mapping[str, str] = {"source_id": "github-main"}
GITHUB = "ssm:/doorbell/github"


class Parameters:
    """An SSM client of a dict; `failure` is raised instead of an answer. Those in `versions` have one."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values, self.calls, self.decrypted = values, 0, 0
        self.versions: dict[str, tuple[int, float]] = {}
        self.key_is_gone = False
        self.failure: Exception | None = None
        self.delay = 0.0

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:
        self.calls += 1
        self.decrypted += WithDecryption
        sleep(self.delay)
        if self.failure is not None:
            raise self.failure
        if Name not in self.values:
            raise client_error("ParameterNotFound")
        if WithDecryption and self.key_is_gone:
            raise client_error("InvalidKeyId")
        parameter: dict[str, Any] = {"Value": self.values[Name] if WithDecryption else "AQICAHh"}
        if Name in self.versions:
            parameter["Version"], parameter["LastModifiedDate"] = self.versions[Name]
        return {"Parameter": parameter}

    def write(self, name: str, value: str, version: int, written: float) -> None:
        self.values[f"/doorbell/{name}"], self.versions[f"/doorbell/{name}"] = value, (version, written)


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "hunter2"}}, "GetParameter")


class World:
    def __init__(self, **values: str) -> None:
        self.now = 1000.0
        self.ssm = Parameters({f"/doorbell/{name}": value for name, value in values.items()})
        self.stale: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.store = SecretStore(
            self.client, clocks=both(lambda: self.now), on_stale=lambda *told: self.stale.append(told), size=3
        )

    def client(self, name: str) -> Parameters:
        self.asked.append(name)
        return self.ssm

    def resolve(self, *references: str) -> tuple[str, ...]:
        return self.store.resolve(references, owner=OWNER)


@pytest.mark.parametrize(
    ("stored", "reference"),
    [("hunter2\r\n", GITHUB), ('{"key": "hunter2\\n"}', "secretsmanager:doorbell/github#key")],
)
def test_a_line_end_after_a_secret_is_no_part_of_it_wherever_it_is_stored(
    stored: str, reference: str
) -> None:
    class Stored:
        def get_parameter(self, **_: Any) -> dict[str, Any]:
            return {"Parameter": {"Value": stored}}

        def get_secret_value(self, **_: Any) -> dict[str, Any]:
            return {"SecretString": stored}

    assert SecretStore(lambda name: Stored()).resolve([reference], owner=OWNER) == ("hunter2",)


@pytest.fixture
def world() -> World:
    return World(github="old", stripe="hunter2")


def test_no_client_is_made_before_a_secret_is_wanted(world: World) -> None:
    assert world.asked == []
    world.resolve(GITHUB)
    assert world.asked == ["ssm"]


def test_secrets_come_in_the_order_of_their_references(world: World) -> None:
    assert world.resolve("ssm:/doorbell/stripe", GITHUB) == ("hunter2", "old")


def test_a_secret_is_asked_for_once_within_its_time_and_again_after(world: World) -> None:
    world.resolve(GITHUB)
    world.now += 299
    world.resolve(GITHUB)
    assert world.ssm.calls == 1
    world.ssm.values["/doorbell/github"] = "new"
    world.now += 2
    assert world.resolve(GITHUB) == ("new",)


def test_a_rotation_is_seen_at_once_after_forget(world: World) -> None:
    world.resolve(GITHUB)
    world.ssm.values["/doorbell/github"] = "new"
    world.now += 11
    assert world.store.forget([GITHUB])
    assert world.resolve(GITHUB) == ("new",)


def test_a_flood_of_forged_requests_is_no_flood_of_calls(world: World) -> None:
    for _ in range(1000):
        world.resolve(GITHUB)
        world.store.forget([GITHUB])
        world.now += 0.1
    assert world.ssm.calls <= 11


def test_forget_says_no_for_what_cannot_have_changed(world: World) -> None:
    world.resolve(GITHUB)
    assert not world.store.forget([GITHUB])
    assert not world.store.forget(["kms:AQIDBA==", "ssm:/doorbell/never-asked"])


def test_not_there_is_believed_for_seconds_only(world: World) -> None:
    for _ in range(5):
        with pytest.raises(SecretMissing, match="no such parameter"):
            world.resolve("ssm:/doorbell/slack")
    assert world.ssm.calls == 1
    world.ssm.values["/doorbell/slack"] = "repaired"
    world.now += 10
    assert world.resolve("ssm:/doorbell/slack") == ("repaired",)


@pytest.mark.parametrize(
    "failure",
    [client_error("ThrottlingException"), EndpointConnectionError(endpoint_url="https://x.example")],
)
def test_the_old_secret_serves_while_the_service_does_not_and_it_is_told(
    world: World, failure: Exception
) -> None:
    world.resolve(GITHUB)
    world.now += 301
    world.ssm.failure = failure
    assert world.resolve(GITHUB, GITHUB) == ("old", "old")
    assert [reference for reference, _ in world.stale] == [GITHUB]
    assert world.ssm.calls == 2


def test_the_old_secret_serves_for_an_hour_at_most(world: World) -> None:
    world.resolve(GITHUB)
    world.now += 3601
    world.ssm.failure = client_error("ThrottlingException")
    with pytest.raises(Unavailable) as caught:
        world.resolve(GITHUB)
    assert caught.value.cause == "ThrottlingException"


def test_a_secret_that_was_deleted_serves_no_longer(world: World) -> None:
    world.resolve(GITHUB)
    world.now += 301
    del world.ssm.values["/doorbell/github"]
    with pytest.raises(SecretMissing):
        world.resolve(GITHUB)


def test_an_unavailable_service_is_asked_again_a_second_later(world: World) -> None:
    world.ssm.failure = client_error("ThrottlingException")
    for _ in range(5):
        with pytest.raises(Unavailable):
            world.resolve(GITHUB)
    assert world.ssm.calls == 1
    world.ssm.failure = None
    world.now += 1
    assert world.resolve(GITHUB) == ("old",)


def test_permission_refused_is_for_a_person_to_repair(world: World) -> None:
    world.ssm.failure = client_error("AccessDeniedException")
    with pytest.raises(SecretMissing, match="may not read"):
        world.resolve(GITHUB)


def test_an_empty_secret_is_no_secret(world: World) -> None:
    world.ssm.values["/doorbell/github"] = " \n"
    with pytest.raises(SecretMissing, match="empty"):
        world.resolve(GITHUB)


def test_the_line_end_of_a_file_is_not_part_of_the_secret(world: World) -> None:
    world.ssm.values["/doorbell/github"] = "from-a-file\r\n"
    assert world.resolve(GITHUB) == ("from-a-file",)


def test_a_secret_pasted_where_a_reference_belongs_is_not_repeated(world: World) -> None:
    with pytest.raises(SecretMissing) as caught:
        world.resolve("hunter2")
    assert "not a secret reference" in str(caught.value)
    assert "hunter2" not in repr(caught.value) + str(caught.value.__cause__) + str(caught.value.__context__)


def test_nothing_that_is_printed_holds_a_secret(world: World) -> None:
    world.resolve("ssm:/doorbell/stripe")
    (entry,) = world.store._entries.values()
    assert "hunter2" not in repr(world.store) + repr(world.store._entries) + repr(entry)
    world.now += 4000
    world.ssm.failure = client_error("ThrottlingException")
    with pytest.raises(Unavailable) as caught:
        world.resolve("ssm:/doorbell/stripe")
    assert "hunter2" not in str(caught.value)


def test_the_cache_keeps_no_more_than_its_size(world: World) -> None:
    for number in range(10):
        world.ssm.values[f"/doorbell/{number}"] = "x"
        world.resolve(f"ssm:/doorbell/{number}")
    assert len(world.store._entries) == 3


def test_threads_that_want_the_same_secret_make_one_call(world: World) -> None:
    world.ssm.delay = 0.05
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: world.resolve(GITHUB), range(8)))
    assert found == [("old",)] * 8
    assert world.ssm.calls == 1
