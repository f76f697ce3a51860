"""Roles that are assumed for targets: one session for each role and external id, and not for each send.

A session is used until five minutes before it ends. It lasts an hour: no longer may one that a role opened.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from doorbell.targets.service import Way

SESSION_SECONDS: Final = 3600
MARGIN_SECONDS: Final = 300
SESSION_NAME: Final = "doorbell"
"""Who it is for stands in the external id, which CloudTrail shows beside it."""
MAX_CLIENTS: Final = 32
"""Of one environment; each holds some hundred KB."""

type Key = tuple[str, str]


class NotAssumedError(Exception):
    """The role could not be assumed: `__cause__` is what botocore raised. `is_anothers`: who raises it waited
    for the call that another made."""

    is_anothers = False


@dataclass(frozen=True, slots=True)
class Session:
    key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    until: float


class Roles:
    """`client(way)` is one that sends with the permissions of the way's role. `sts` gives the client that
    assumes, `make` a service's client. Times are those of the wall: what freezes must not keep a session.
    Safe in threads: who needs the session that another one is asking for waits for that one."""

    def __init__(
        self, sts: Callable[[], Any], make: Callable[[Way, Session], Any], clock: Callable[[], float]
    ) -> None:
        self._sts, self._make, self._clock = sts, make, clock
        self._lock = Lock()
        self._sessions: dict[Key, Session] = {}
        self._asked: dict[Key, Future[Session]] = {}
        self._clients: OrderedDict[Way, tuple[Session, Any]] = OrderedDict()

    def client(self, way: Way) -> Any:
        """Raises `NotAssumedError`."""
        session = self._session(_key(way))
        with self._lock:
            kept = self._clients.get(way)
            if kept is not None and kept[0] is session:
                self._clients.move_to_end(way)
                return kept[1]
            made = self._make(way, session)
            self._clients[way] = (session, made)
            while len(self._clients) > MAX_CLIENTS:
                self._clients.popitem(last=False)
            return made

    def forget(self, way: Way) -> None:
        """Its session is none any more, whatever it said of its end."""
        with self._lock:
            self._sessions.pop(_key(way), None)

    def _session(self, key: Key) -> Session:
        with self._lock:
            found = self._sessions.get(key)
            if found is not None and self._clock() < found.until - MARGIN_SECONDS:
                return found
            asked = self._asked.get(key)
            if asked is None:
                mine = self._asked[key] = Future()
        return self._ask(key, mine) if asked is None else _answered(asked)

    def _ask(self, key: Key, mine: Future[Session]) -> Session:
        try:
            session = self._assumed(*key)
        except BaseException as error:
            self._settle(key)
            mine.set_exception(error)
            raise
        self._settle(key, session)
        mine.set_result(session)
        return session

    def _settle(self, key: Key, session: Session | None = None) -> None:
        """What ended is dropped with it: a tenant's hundredth role is not the environment's memory."""
        now = self._clock()
        with self._lock:
            self._asked.pop(key, None)
            self._sessions = {name: one for name, one in self._sessions.items() if one.until > now}
            if session is not None:
                self._sessions[key] = session

    def _assumed(self, role_arn: str, external_id: str) -> Session:
        try:
            client = self._sts()
            answer = client.assume_role(
                RoleArn=role_arn,
                RoleSessionName=SESSION_NAME,
                ExternalId=external_id,
                DurationSeconds=SESSION_SECONDS,
            )
        except Exception as error:
            raise NotAssumedError from error
        found = answer["Credentials"]
        until = found["Expiration"].timestamp()
        return Session(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], until)


def _answered(asked: Future[Session]) -> Session:
    """What another's call came to."""
    try:
        return asked.result()
    except NotAssumedError as error:
        mine = NotAssumedError()
        mine.is_anothers = True
        raise mine from error.__cause__


def _key(way: Way) -> Key:
    return str(way.role_arn), way.external_id
