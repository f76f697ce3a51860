"""Roles: one session for each, until shortly before it ends."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from doorbell.domain.health import parks_endpoint
from doorbell.domain.outbound import ROLE as DENIED_ROLE
from doorbell.domain.outbound import TARGET as DENIED_TARGET
from doorbell.domain.targets import TargetPolicy
from doorbell.targets import roles as roles_module
from doorbell.targets.roles import (
    MARGIN_SECONDS,
    MAX_CLIENTS,
    SESSION_SECONDS,
    NotAssumedError,
    Roles,
    Session,
)
from doorbell.targets.sender import TargetSender
from doorbell.targets.service import Way
from tests.unit.targets.test_what_goes import request_of

ROLE = "arn:aws:iam::210987654321:role/theirs"
WAY = Way("sqs", "eu-central-1", 5, ROLE, "doorbell/gate/default/books")


class Sts:
    """The clock too."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.now, self.asked, self.fails = 1000.0, list[dict[str, Any]](), fails

    def assume_role(self, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        if self.fails is not None:
            raise self.fails
        until = datetime.fromtimestamp(self.now + given["DurationSeconds"], UTC)
        number = str(len(self.asked))
        found = {"AccessKeyId": number, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": until}
        return {"Credentials": found}

    def roles(self) -> Roles:
        return Roles(lambda: self, lambda way, session: object(), lambda: self.now)


def test_one_session_is_kept_until_shortly_before_its_end() -> None:
    sts = Sts()
    roles = sts.roles()
    first = roles.client(WAY)
    sts.now += SESSION_SECONDS - MARGIN_SECONDS - 1
    assert roles.client(WAY) is first
    sts.now += 1
    assert roles.client(WAY) is not first
    assert [one["ExternalId"] for one in sts.asked] == ["doorbell/gate/default/books"] * 2
    assert {one["RoleArn"] for one in sts.asked} == {ROLE}


def test_another_service_has_a_client_of_its_own_and_the_same_session() -> None:
    sts = Sts()
    roles = sts.roles()
    assert roles.client(WAY) is not roles.client(Way("sns", "eu-central-1", 5, ROLE, WAY.external_id))
    assert len(sts.asked) == 1


def test_another_external_id_is_another_session() -> None:
    """Else what one subscription may do, another could."""
    sts = Sts()
    roles = sts.roles()
    roles.client(WAY)
    roles.client(Way("sqs", "eu-central-1", 5, ROLE, "doorbell/gate/acme/books"))
    assert len(sts.asked) == 2


def test_a_session_that_ended_early_is_asked_for_anew() -> None:
    sts = Sts()
    roles = sts.roles()
    first = roles.client(WAY)
    roles.forget(WAY)
    assert roles.client(WAY) is not first


def test_many_roles_do_not_fill_the_memory() -> None:
    sts = Sts()
    roles = sts.roles()
    first = roles.client(WAY)
    for number in range(MAX_CLIENTS):
        roles.client(Way("sqs", "eu-central-1", 5, ROLE, f"doorbell/gate/default/{number}"))
    assert roles.client(WAY) is not first


def test_whoever_needs_a_session_that_is_asked_for_waits_for_it() -> None:
    sts, may_go, entered = Sts(), threading.Event(), threading.Event()
    found: list[Any] = []
    ask = sts.assume_role

    def slow(**given: Any) -> dict[str, Any]:
        entered.set()
        may_go.wait(10)
        return ask(**given)

    sts.assume_role = slow  # type: ignore[method-assign]
    roles = sts.roles()
    threads = [threading.Thread(target=lambda: found.append(roles.client(WAY))) for _ in range(5)]
    for thread in threads:
        thread.start()
    entered.wait(10)
    may_go.set()
    for thread in threads:
        thread.join(10)
    assert len(found) == 5
    assert len(set(map(id, found))) == 1
    assert len(sts.asked) == 1


def test_one_refusal_that_many_waited_for_is_one_failure_of_their_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sts, waiting = Sts(refused("InternalFailure", 500)), threading.Semaphore(0)
    ask = sts.assume_role

    class Watched(Future[Session]):
        def result(self, timeout: float | None = None) -> Session:
            waiting.release()
            return super().result(timeout)

    def when_four_wait(**given: Any) -> dict[str, Any]:
        for _ in range(4):
            waiting.acquire(timeout=10)
        return ask(**given)

    monkeypatch.setattr(roles_module, "Future", Watched)
    sts.assume_role = when_four_wait  # type: ignore[method-assign]
    sender = TargetSender(TargetPolicy(stack="gate", roles=(ROLE,)), sts.roles().client, lambda: 5.0)
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda _: sender.send(request_of("sqs", role_arn=ROLE)), range(5)))
    assert [outcome.status for outcome in found] == [500] * 5
    assert len(sts.asked) == [outcome.is_told for outcome in found].count(False) == 1


def refused(code: str, status: int = 403) -> ClientError:
    about: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(about, "AssumeRole")


def outcome_of(fails: Exception) -> Any:
    roles = Sts(fails).roles()
    policy = TargetPolicy(stack="gate", roles=(ROLE,))
    return TargetSender(policy, roles.client, lambda: 5.0).send(request_of("sqs", role_arn=ROLE))


def test_a_role_that_cannot_be_assumed_names_itself_and_the_external_id() -> None:
    outcome = outcome_of(refused("AccessDenied"))
    assert (outcome.status, outcome.error) == (403, None)
    assert ROLE in outcome.detail
    assert "doorbell/gate/default/books" in outcome.detail
    assert (outcome.denied, parks_endpoint(outcome)) == (DENIED_ROLE, True)


def test_what_sts_has_no_time_for_parks_and_what_it_does_not_answer_is_told_as_of_a_url() -> None:
    busy = outcome_of(refused("Throttling", 400))
    assert (busy.status, busy.denied) == (429, "")
    assert outcome_of(refused("Odd", 410)).status == 503, "the target is not gone"
    assert outcome_of(ConnectTimeoutError(endpoint_url="https://sts")).error == "timeout"


def test_a_failure_is_not_kept() -> None:
    sts = Sts(refused("AccessDenied"))
    roles = sts.roles()
    with pytest.raises(NotAssumedError):
        roles.client(WAY)
    sts.fails = None
    assert roles.client(WAY) is not None


def test_a_service_that_finds_a_session_ended_has_it_forgotten() -> None:
    class Ended:
        def send_message(self, **given: Any) -> None:
            raise refused("ExpiredToken", 400)

    gone: list[Way] = []
    policy = TargetPolicy(stack="gate", roles=(ROLE,))
    sender = TargetSender(policy, lambda way: Ended(), lambda: 5.0, gone.append)
    assert sender.send(request_of("sqs", role_arn=ROLE)).status == 400
    assert gone == [WAY]


def test_denied_with_a_role_names_the_role() -> None:
    class Denied:
        def send_message(self, **given: Any) -> None:
            raise refused("AccessDenied")

    policy = TargetPolicy(stack="gate", roles=(ROLE,))
    outcome = TargetSender(policy, lambda way: Denied(), lambda: 5.0).send(request_of("sqs", role_arn=ROLE))
    assert f"the role {ROLE} may not sqs:SendMessage" in outcome.detail
    assert (outcome.denied, parks_endpoint(outcome)) == (DENIED_TARGET, False)
