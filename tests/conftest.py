"""For all tests: how many examples a property is tried on, what long forms are, and that Ctrl-C is not ignored.

`make test` leaves out what is marked `long`, and tries properties on fewer examples; `LONG_TESTS=1` runs them, and
`make test-long`, which sets `LONG_TESTS=all`, also tries every fault. A test marked `long` is a longer form of one that
is not.
"""

from __future__ import annotations

import functools
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from generator.theme import Theme
from generator.theme.templates import Templates
from tests.small import LONG

settings.register_profile(
    "modest", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("modest")

# A shell ignores the signal on behalf of what it starts with `&`, and every process that a test starts inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long forms."""
    if not LONG:
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session", autouse=True)
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled templates out of the cache of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Let sites of the same theme share its compiled templates: to compile them is four fifths of a small build.

    The long forms do without.
    """
    compiled: dict[str, Templates] = {}
    compile_templates = Theme.__dict__["_templates"].func

    def shared(theme: Theme) -> Templates:
        if theme.digest not in compiled:
            compiled[theme.digest] = compile_templates(theme)
        return compiled[theme.digest]

    with pytest.MonkeyPatch.context() as patch:
        if not LONG:
            cached = functools.cached_property(shared)
            cached.__set_name__(Theme, "_templates")
            patch.setattr(Theme, "_templates", cached)
        yield
