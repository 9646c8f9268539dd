"""Where journals lie: a folder of the person's own, in the platform's place for such state."""

from pathlib import Path


def state_folder() -> Path:
    """Return the folder, which need not exist (``~/.local/state/weightview/recovery`` on Linux)."""
    import platformdirs

    return platformdirs.user_state_path("weightview", appauthor=False) / "recovery"
