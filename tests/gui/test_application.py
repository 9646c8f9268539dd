"""A window opened from Python, in a process of its own."""

import subprocess
import sys

SHOW = """
import sys
import weightview
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

document = weightview.open_document(sys.argv[1])

def look():
    windows = [w for w in QApplication.topLevelWidgets() if w.objectName() == "main_window"]
    assert [w.windowTitle() for w in windows] == ["line.keras[*] - weightview"]
    document.set_values("dense/bias", (0,), 0.5)
    assert windows[0].isWindowModified()
    document.revert()
    windows[0].close()

from weightview.gui.application import make_application
import weightview.gui.application as application
real = application.make_application

def soon():
    made = real()
    QTimer.singleShot(0, look)
    return made

application.make_application = soon
weightview.show(document)
print("closed")
"""


def test_show_returns_when_the_window_is_closed(examples):
    command = [sys.executable, "-c", SHOW, str(examples / "line.keras")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "closed\n"), done.stderr


ENDLESS = """
import sys, time
from PySide6.QtCore import QTimer
from weightview.gui import background
import weightview.gui.application as application

real = application.QuitAfterPaint._look

def look(self):
    background.run(self, lambda: time.sleep(60), print, print)
    real(self)

application.QuitAfterPaint._look = look
sys.exit(application.run((), quit_after_paint=True))
"""


def test_the_program_ends_although_a_task_goes_on():
    command = [sys.executable, "-c", ENDLESS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (0, "painted\n"), done.stderr
