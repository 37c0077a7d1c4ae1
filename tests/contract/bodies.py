"""Bodies that differ from a good one in a place or two, to see that whatever is accepted is valid."""

import copy

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

RELAXED = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
SCRAPS = st.sampled_from(
    [None, True, -3, 0, 1, 2, 1.0, 2.5, "", "1", "x", "UPS", "merge", "delete", [], {}, [{}], ["1"]]
)


def bodies_like(body):
    """Return a strategy of bodies that differ from a good one in one or two places."""
    places = list(_places(body))

    def change(wishes):
        changed = copy.deepcopy(body)
        for place, kind, scrap in wishes:
            _change(changed, place, kind, copy.deepcopy(scrap))
        return changed

    wish = st.tuples(st.sampled_from(places), st.sampled_from(["set", "remove", "add"]), SCRAPS)
    return st.lists(wish, min_size=1, max_size=2).map(change)


def _places(value, path=()):
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in entries:
        yield (*path, key)
        yield from _places(part, (*path, key))


def _change(body, place, kind, scrap):
    try:
        for key in place[:-1]:
            body = body[key]
        if kind == "set":
            body[place[-1]] = scrap
        elif kind == "remove":
            del body[place[-1]]
        elif isinstance(body, list):
            body.append(scrap)
        else:
            body["unknown"] = scrap
    except (KeyError, IndexError, TypeError):
        pass  # The first change has taken away the place of the second.
