"""What a cold start would read in vain, taken out of a build.

botocore describes every service of AWS, 400 of them, with every operation and its documentation; reading that
is half of making a client. Of the deps layer's copy stays what the code names. No code is changed and nothing
is made up: what is left says what it said. A build that was not made slim works as well, and starts slower.
"""

import gzip
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from botocore import xform_name

CODE = ("CoreLayer/python/doorbell", "DepsLayer/python/aws_xray_sdk/core")
"""Where a service is named."""
CALLERS = (*CODE, *(f"DepsLayer/python/{library}" for library in ("botocore", "boto3", "s3transfer")))
"""What calls operations: botocore calls some by itself (HeadBucket, when a bucket is elsewhere)."""
BOTOCORE = "DepsLayer/python/botocore/data"
BOTO3 = "DepsLayer/python/boto3/data"
_QUOTED = re.compile(r"""["']([a-z][a-z0-9-]+)["']""")
_WORD = re.compile(r"\w+")


def slim(build: Path) -> None:
    """Kept is every service whose name stands in the code, in quotes, and of each every operation whose
    method's name does. A word that is there by chance keeps one too many."""
    named, words = _found(_QUOTED, build, CODE), _found(_WORD, build, CALLERS)
    services = [folder for folder in sorted((build / BOTOCORE).iterdir()) if folder.is_dir()]
    prefixes = set()
    for folder in services:
        if folder.name in named:
            prefixes |= _slim_service(folder, words)
        else:
            shutil.rmtree(folder)
    for folder in (build / BOTO3).iterdir():
        if folder.is_dir() and folder.name not in named:
            shutil.rmtree(folder)
    endpoints = build / BOTOCORE / "endpoints.json"
    _write(endpoints, with_services(json.loads(endpoints.read_text()), prefixes))


def _found(word: re.Pattern[str], build: Path, folders: Iterable[str]) -> set[str]:
    files = (path for folder in folders for path in (build / folder).rglob("*.py"))
    return {found for path in files for found in word.findall(path.read_text())}


def _slim_service(folder: Path, words: set[str]) -> set[str]:
    """Its endpoint's names. Only the newest of its descriptions is ever read, and examples never."""
    *older, newest = sorted(version for version in folder.iterdir() if version.is_dir())
    for version in older:
        shutil.rmtree(version)
    for path in newest.iterdir():
        if path.name.startswith("examples-"):
            path.unlink()
        elif path.suffix == ".gz":
            _write(path.with_suffix(""), json.loads(gzip.decompress(path.read_bytes())))
            path.unlink()
    path = newest / "service-2.json"
    model = with_operations(json.loads(path.read_text()), words)
    _write(path, model)
    return {folder.name, model["metadata"]["endpointPrefix"]}


def with_operations(model: Mapping[str, Any], methods: Iterable[str]) -> dict[str, Any]:
    """The description of a service with no more than the operations that `methods` call, and their shapes."""
    wanted = set(methods)
    operations = {name: made for name, made in model["operations"].items() if xform_name(name) in wanted}
    reached: dict[str, Any] = {}
    _reach(operations, model["shapes"], reached)
    return dict(_undocumented({**model, "operations": operations, "shapes": reached}))


def with_services(endpoints: Mapping[str, Any], prefixes: set[str]) -> dict[str, Any]:
    """botocore's endpoints of every region and partition, but of these services alone."""
    return {
        **endpoints,
        "partitions": [
            {
                **partition,
                "services": {name: at for name, at in partition["services"].items() if name in prefixes},
            }
            for partition in endpoints["partitions"]
        ],
    }


def _reach(node: Any, shapes: Mapping[str, Any], reached: dict[str, Any]) -> None:
    """Every shape that `node` names, and every one that those name."""
    if isinstance(node, Mapping):
        name = node.get("shape")
        if isinstance(name, str) and name not in reached:
            reached[name] = shapes[name]
            _reach(shapes[name], shapes, reached)
    if isinstance(node, Mapping | list):
        for below in node.values() if isinstance(node, Mapping) else node:
            _reach(below, shapes, reached)


def _undocumented(node: Any) -> Any:
    """Empty and not absent: botocore reads some of it (a client's context parameters) and wants it there."""
    if isinstance(node, Mapping):
        return {
            name: "" if name == "documentation" and isinstance(below, str) else _undocumented(below)
            for name, below in node.items()
        }
    return [_undocumented(below) for below in node] if isinstance(node, list) else node


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")))
