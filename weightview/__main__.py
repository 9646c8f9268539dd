"""The command ``weightview``, also ``python -m weightview``.

Arguments are read before Qt is loaded, so that ``--help`` does not wait for it. With ``--worker``
as its first argument the program is TensorFlow's process instead: a bundle has no other command.
"""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status; ``arguments`` without the program's name."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["--worker"]:
        # By its name alone: nothing but this process may load what the worker imports.
        import importlib

        return int(importlib.import_module("weightview.worker.process").main() or 0)
    from weightview.cli.arguments import parse

    options = parse(given)
    from weightview.gui.display import obstacle

    if why := obstacle():
        print(f"weightview: {why}", file=sys.stderr)
        return 1
    from weightview.gui.application import run

    return run(
        options.files,
        architecture=options.architecture,
        quit_after_paint=options.quit_after_paint,
    )


if __name__ == "__main__":
    sys.exit(main())
