"""`python -m tests.scale`: the tables of docs/limits.md; the figures are of a model."""

from tests.scale.table import told

print(told())
