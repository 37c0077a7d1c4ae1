"""From measured seconds to the figures of a benchmark: pure arithmetic."""

from math import log
from statistics import median


def ratio(slow, fast):
    """Return how many times faster ``fast`` is: the median over rounds of the ratio within a round.

    Both were measured one after the other in every round, so what else the machine did hits both alike.

    :param slow: seconds per round
    :param fast: seconds per round, in the same order
    """
    return median(slow_seconds / fast_seconds for slow_seconds, fast_seconds in zip(slow, fast, strict=True))


def growth_exponent(seconds_by_size):
    """Return b of ``seconds = a * size ** b``, by least squares over the logarithms.

    :param seconds_by_size: ``{size: total seconds}`` of at least two sizes
    """
    points = [(log(size), log(seconds)) for size, seconds in seconds_by_size.items()]
    mean_x = sum(x for x, _y in points) / len(points)
    mean_y = sum(y for _x, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _y in points)


def table(rows):
    """Return rows of texts as aligned lines; the first column leans left, the others right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
