"""Other programs, run as a person would run them."""

import os
import subprocess
import sys
import textwrap

import pytest


@pytest.fixture
def project(request):
    return request.config.rootpath


@pytest.fixture
def run_python(project):
    """Run Python with arguments in a process of its own and return its output lines."""

    def run(*arguments, environment=None):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=project,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"} | (environment or {}),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.splitlines()

    return run


@pytest.fixture
def run_code(run_python):
    """Run a piece of Python in a process of its own and return its output lines."""
    return lambda code: run_python("-c", textwrap.dedent(code))
