"""Build what is installed without Python: a folder that runs by itself, and a Debian package of it.

::

    uv run --no-project python packaging/build.py bundle     # build/bundle/weightview/weightview
    uv run --no-project python packaging/build.py deb        # dist/weightview_0.1.0_amd64.deb

Each has an environment of its own under ``build/``, so that nothing of the developer's slips in.
TensorFlow takes most of the size and of the time; ``--without-tensorflow`` leaves it out, and the
program then says that nothing checks its numbers. It needs uv, for ``deb`` also dpkg-deb.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGING = PROJECT / "packaging"
BUILD = PROJECT / "build"
ID = "org.weightview.Weightview"
PYINSTALLER = "pyinstaller>=6.22,<7"
ONLY_WORKER = ("tensorflow", "tf_keras", "h5py")
ICON_SIZES = (32, 48, 64, 128, 256)

# Debian 12's libraries that Qt's xcb platform loads, and the glibc that the wheels need.
DEPENDS = (
    "libc6 (>= 2.36), libegl1, libgl1, libxcb-cursor0, libxcb-icccm4, libxcb-image0, "
    "libxcb-keysyms1, libxcb-render-util0, libxcb-shape0, libxcb-xkb1, libxkbcommon-x11-0, "
    "libfontconfig1, libdbus-1-3"
)

RENDER_ICON = """
import sys
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QIcon
application = QGuiApplication([])
size = int(sys.argv[2])
image = QIcon(sys.argv[1]).pixmap(QSize(size, size), 1.0)
assert image.width() == size and image.save(sys.argv[3])
"""


def version() -> str:
    """Return the version that the package states."""
    text = (PROJECT / "weightview" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise SystemExit("weightview/__init__.py states no __version__")
    return found[1]


def run(*command: str | Path, **environment: str) -> None:
    """Run a command in the project's folder; end the build where it fails."""
    subprocess.run(command, cwd=PROJECT, check=True, env=os.environ | environment)


def requirements(*, with_tensorflow: bool) -> list[str]:
    """Return what the bundle's environment holds, from the project's own dependencies.

    ``tensorflow-cpu`` has the same content without CUDA. A person's environment must not have it
    beside ``tensorflow``; this environment has nothing else.
    """
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[^\w-]", line)[0].lower(): line for line in project["dependencies"]}
    if not with_tensorflow:
        return [line for name, line in named.items() if name not in ONLY_WORKER]
    named["tensorflow"] = named["tensorflow"].replace("tensorflow", "tensorflow-cpu", 1)
    return list(named.values())


def make_environment(*, with_tensorflow: bool) -> Path:
    """Make the environment that the bundle is taken from and return its Python."""
    folder = BUILD / ("environment" if with_tensorflow else "environment-without-tensorflow")
    python = folder / "bin" / "python"
    folder.parent.mkdir(exist_ok=True)
    run("uv", "venv", "--quiet", "--clear", "--python", sys.executable, folder)
    # tf_keras asks for tensorflow by that name, which tensorflow-cpu takes the place of.
    overrides = BUILD / "overrides.txt"
    overrides.write_text("tensorflow; sys_platform == 'never'\n", encoding="utf-8")
    run(
        *("uv", "pip", "install", "--quiet", "--python", python, "--override", overrides),
        *(PYINSTALLER, *requirements(with_tensorflow=with_tensorflow)),
    )
    run("uv", "pip", "install", "--quiet", "--python", python, "--no-deps", PROJECT)
    # With it PyInstaller takes half of GTK along, which then meets the other half on the desktop.
    for plugin in folder.glob("lib/python*/site-packages/PySide6/Qt/plugins/*/libqgtk3.so"):
        plugin.unlink()
    return python


def bundle(*, with_tensorflow: bool) -> Path:
    """Build the folder ``build/bundle/weightview`` and return it."""
    python = make_environment(with_tensorflow=with_tensorflow)
    options = ["--collect-submodules=weightview", "--collect-data=weightview"]
    if with_tensorflow:
        # Keras picks its backend, and TensorFlow many of its parts, by name at run time.
        options += ["--collect-submodules=keras", "--collect-submodules=tf_keras"]
    else:
        options += [f"--exclude-module={name}" for name in (*ONLY_WORKER, "keras")]
    run(
        *(python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=WARN"),
        *("--name=weightview", "--onedir", *options),
        *("--distpath", BUILD / "bundle", "--workpath", BUILD / "pyinstaller"),
        *("--specpath", BUILD / "pyinstaller", PACKAGING / "entry.py"),
    )
    return BUILD / "bundle" / "weightview"


def install(source: Path, target: Path) -> None:
    """Copy one file, readable by all, making its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def lay_out(root: Path, program: Path, python: Path) -> None:
    """Lay the files of the package under ``root`` as they lie on the system."""
    shutil.copytree(program, root / "opt" / "weightview", symlinks=True)
    command = root / "usr" / "bin" / "weightview"
    command.parent.mkdir(parents=True)
    command.symlink_to("/opt/weightview/weightview")
    share, linux = root / "usr" / "share", PACKAGING / "linux"
    install(linux / f"{ID}.desktop", share / "applications" / f"{ID}.desktop")
    install(linux / f"{ID}.metainfo.xml", share / "metainfo" / f"{ID}.metainfo.xml")
    install(linux / f"{ID}.xml", share / "mime" / "packages" / f"{ID}.xml")
    install(linux / "copyright", share / "doc" / "weightview" / "copyright")
    icons = share / "icons" / "hicolor"
    drawn = PROJECT / "weightview" / "resources" / "icons" / "weightview.svg"
    for kind, name in (("apps", ID), ("mimetypes", "application-vnd.keras")):
        install(drawn, icons / "scalable" / kind / f"{name}.svg")
        for size in ICON_SIZES:
            target = icons / f"{size}x{size}" / kind / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            arguments = (str(drawn), str(size), str(target))
            run(python, "-c", RENDER_ICON, *arguments, QT_QPA_PLATFORM="offscreen")


def control(root: Path) -> str:
    """Return the package's description for dpkg."""
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    kilobytes = sum(f.lstat().st_size for f in root.rglob("*") if not f.is_dir()) // 1024
    return f"""\
Package: weightview
Version: {version()}
Section: science
Priority: optional
Architecture: {architecture}
Maintainer: Weightview developers <weightview@example.org>
Installed-Size: {kilobytes}
Depends: {DEPENDS}
Recommends: shared-mime-info, desktop-file-utils, hicolor-icon-theme
Description: see, edit and recalculate the weights of a saved Keras model
 Opens .keras and HDF5 models: every weight as a table and a picture, editable with undo, and an
 input followed number by number through the layers to the output.
"""


def deb(*, with_tensorflow: bool) -> Path:
    """Build the Debian package and return its path."""
    program = bundle(with_tensorflow=with_tensorflow)
    folder = "environment" if with_tensorflow else "environment-without-tensorflow"
    root = BUILD / "deb"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    lay_out(root, program, BUILD / folder / "bin" / "python")
    description = control(root)
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(description, encoding="utf-8")
    for directory in (root, *(d for d in root.rglob("*") if d.is_dir() and not d.is_symlink())):
        directory.chmod(0o755)
    architecture = re.search(r"^Architecture: (.+)$", description, re.MULTILINE)
    assert architecture is not None
    target = PROJECT / "dist" / f"weightview_{version()}_{architecture[1]}.deb"
    target.parent.mkdir(exist_ok=True)
    # No scripts: dpkg's triggers refresh the MIME, desktop and icon caches.
    run("dpkg-deb", "--root-owner-group", "-Zzstd", "--build", root, target)
    return target


def main() -> None:
    """Build what the command line asks for and print where it is."""
    parser = argparse.ArgumentParser(description="Build the bundle or the Debian package.")
    parser.add_argument("what", choices=("bundle", "deb"))
    parser.add_argument("--without-tensorflow", action="store_true")
    given = parser.parse_args()
    build = {"bundle": bundle, "deb": deb}[given.what]
    print(build(with_tensorflow=not given.without_tensorflow))


if __name__ == "__main__":
    main()
