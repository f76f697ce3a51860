"""What is too large for a target: the objects that pointers point at, in a bucket that fails as S3 does.

Services of these histories find a message too large from `MOST_BYTES` on, where it can go as a pointer.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from doorbell.targets.large import CLASS, LargeBodies
from tests.simulation.world import World

MOST_BYTES = 10_000
BUCKET = "bodies"


@dataclass(eq=False)
class KeptBodies:
    """`found_again`: how often one was to be written that was there. `pointed_at`: by messages that came."""

    world: World
    objects: dict[str, bytes] = field(default_factory=dict)
    pointed_at: set[str] = field(default_factory=set)
    found_again: int = 0

    def bucket(self) -> LargeBodies:
        return LargeBodies(lambda: self, BUCKET)

    def put_object(self, **given: Any) -> None:
        self.world.call("s3", "PutObject", given["Key"], lambda: self._put(given))

    def behind(self, body: bytes) -> bytes:
        """What a consumer reads: the body, or the object that a pointer in its place points at."""
        try:
            read = json.loads(body)
        except ValueError:
            return body
        if isinstance(read, list) and read[:1] == [CLASS]:
            key = read[1]["s3Key"]
        elif isinstance(read, dict) and read.get("bucket") == BUCKET:
            key = read["key"]
        else:
            return body
        if key not in self.objects:
            raise self.world.violated(f"a pointer came whose object is not there: {key}")
        self.pointed_at.add(key)
        return self.objects[key]

    def _put(self, given: dict[str, Any]) -> None:
        if given["Key"] in self.objects:
            self.found_again += 1
            raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": ""}}, "PutObject")
        self.objects[given["Key"]] = given["Body"]
