"""How much memory another process has taken at most."""

from pathlib import Path


def megabytes(process):
    """Return the most that ``process`` held at once, 0 where that cannot be told."""
    try:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0
