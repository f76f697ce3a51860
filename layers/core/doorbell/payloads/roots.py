"""Which members of its input an expression begins with: `body` and `event` for `body.ref == event.type`.

The tree's nodes: https://github.com/jmespath/jmespath.py/blob/develop/jmespath/ast.py
"""

from collections.abc import Iterator
from typing import Any

import jmespath

KNOWN = ("event", "body", "headers")
"""What `views.view_of` gives."""

_LEFT_ONLY = {
    "subexpression",
    "index_expression",
    "projection",
    "value_projection",
    "filter_projection",
    "flatten",
    "pipe",
}
"""What stands on the right of these is asked of what the left gives."""


def strange_roots(expression: str) -> list[str]:
    """Roots that no event has, in their order; [] for an expression that cannot be compiled."""
    try:
        tree = jmespath.compile(expression).parsed
    except (ValueError, RecursionError):  # said elsewhere; the library's own errors are ValueErrors
        return []
    return [name for name in dict.fromkeys(_roots(tree)) if name not in KNOWN]


def _roots(tree: Any) -> Iterator[str]:
    pending = [tree]
    while pending:
        node = pending.pop()
        if node["type"] == "field":
            yield node["value"]
        elif node["type"] in _LEFT_ONLY:
            pending.append(node["children"][0])
        elif node["type"] not in ("expref", "slice", "literal", "index"):
            pending.extend(reversed(node["children"]))
