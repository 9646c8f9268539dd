"""Names of a package come when they are first asked for."""

import subprocess
import sys

import pytest

from weightview import api, calculator


@pytest.mark.parametrize("package", [api, calculator])
def test_every_public_name_is_found(package) -> None:
    for name in package.__all__:
        assert getattr(package, name).__name__ == name


@pytest.mark.parametrize("package", [api, calculator])
def test_another_name_is_refused_like_any_modules(package) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'no'"):
        package.no  # noqa: B018 - it raises


def test_a_package_reads_none_of_its_modules_before_a_name_is_asked_for() -> None:
    code = (
        "import sys, weightview.api as api;"
        "assert 'weightview.api.calculation' not in sys.modules;"
        "api.propagate;"
        "assert 'weightview.api.calculation' in sys.modules;"
        "assert 'propagate' in vars(api)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
