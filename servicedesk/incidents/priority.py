"""The priority that an impact and an urgency make together."""

from collections.abc import Mapping

# 1 is high, 3 is low, for impact and urgency; 1 is critical, 4 is low, for the priority. The default
# follows ITIL's common matrix; each desk may change its own.
DEFAULT_MATRIX: Mapping[tuple[int, int], int] = {
    (1, 1): 1, (1, 2): 2, (1, 3): 3,
    (2, 1): 2, (2, 2): 3, (2, 3): 4,
    (3, 1): 3, (3, 2): 4, (3, 3): 4,
}  # fmt: skip

LEVEL_WORDS = {1: "High", 2: "Medium", 3: "Low"}
PRIORITY_WORDS = {1: "P1 critical", 2: "P2 high", 3: "P3 moderate", 4: "P4 low"}


def priority_of(matrix: Mapping[tuple[int, int], int], impact: int, urgency: int) -> int:
    """Return the priority; a cell that a desk's matrix leaves out is as in the default."""
    return matrix.get((impact, urgency)) or DEFAULT_MATRIX[(impact, urgency)]
