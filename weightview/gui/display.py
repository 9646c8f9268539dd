"""Whether there is a screen to show a window on: asked before Qt is loaded, which would abort."""

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from weightview.core.errors import WeightviewError

_SOCKETS = "/tmp/.X11-unix/X"  # noqa: S108 - where an X server listens, by its documentation


class NoDisplayError(WeightviewError):
    """There is no screen on which a window could be shown."""


def obstacle(environment: Mapping[str, str] = os.environ) -> str:
    """Return why no window can be shown here, in a sentence; ``""`` where nothing is known of it.

    Only what is plain is told: neither variable that names a display is set, or the display on
    this machine that is named does not answer.
    """
    if not sys.platform.startswith("linux"):
        return ""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if platform and platform not in ("xcb", "wayland"):
        return ""
    display = environment.get("DISPLAY", "")
    if environment.get("WAYLAND_DISPLAY") or environment.get("WAYLAND_SOCKET"):
        return ""
    advice = (
        "start weightview in a desktop session, through “ssh -X”, or under Xvfb; from Python, "
        "weightview works without a window"
    )
    if not display:
        return f"no display was found (DISPLAY and WAYLAND_DISPLAY are not set): {advice}."
    if not _answers(display):
        return f"the display {display} does not answer: {advice}."
    return ""


def _answers(display: str) -> bool:
    """Return whether the X server of a local display listens; of another machine's, yes."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if host not in ("", "unix") or not colon or not number.isdigit():
        return True
    place = f"{_SOCKETS}{number}"
    for address in (place, f"\0{place}"):
        if not address.startswith("\0") and not Path(address).exists():
            continue
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(2)
            try:
                client.connect(address)
            except OSError:
                continue
            return True
    return False
