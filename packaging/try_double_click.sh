#!/bin/bash
# Open a model as a person does who installed the Debian package: by xdg-open, and by a double-click
# in a file manager, under a virtual screen with a window manager. Nothing on the system is changed.
# usage: packaging/try_double_click.sh [PACKAGE.deb [SCREENSHOT.png]]
set -euo pipefail
[ -n "${DBUS_SESSION_BUS_ADDRESS:-}" ] || exec dbus-run-session -- "$0" "$@"

project=$(cd "$(dirname "$0")/.." && pwd)
package=$(realpath "${1:-$(ls -t "$project"/dist/weightview_*.deb | head -1)}")
place=$(mktemp -d)
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$place"
}
trap finish EXIT

# A home of its own: no settings of this person are read or written.
export HOME="$place/home" XDG_RUNTIME_DIR="$place/run" XDG_CONFIG_HOME="$place/home/.config"
export XDG_DATA_HOME="$place/home/.local/share" XDG_CACHE_HOME="$place/home/.cache"
export XDG_STATE_HOME="$place/home/.local/state"
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME"
mkdir -m 700 "$XDG_RUNTIME_DIR"
unset WAYLAND_DISPLAY QT_QPA_PLATFORM XDG_CURRENT_DESKTOP

# The package's files as data folders of this session; dpkg's triggers would do the rest.
dpkg-deb -x "$package" "$place/root"
ln -sfn "$place/root/opt/weightview/weightview" "$place/root/usr/bin/weightview"
export PATH="$place/root/usr/bin:$PATH"
export XDG_DATA_DIRS="$place/root/usr/share:/usr/local/share:/usr/share"
update-mime-database "$place/root/usr/share/mime"
update-desktop-database "$place/root/usr/share/applications"

Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$place/display" 2>/dev/null &
started+=($!)
for _ in $(seq 100); do [ -s "$place/display" ] && break; sleep 0.1; done
export DISPLAY=":$(cat "$place/display")"
openbox 2>/dev/null &
started+=($!)

# Wait for the window that has the file's name in its title, and print its process.
window_of() {
  local name="$1" id
  for _ in $(seq 150); do
    id=$(xdotool search --onlyvisible --name "$name.*[Ww]eightview" 2>/dev/null | head -1) || true
    if [ -n "$id" ]; then
      xdotool getwindowpid "$id"
      return 0
    fi
    sleep 0.2
  done
  echo "no window shows $name" >&2
  return 1
}

ended() {
  for _ in $(seq 50); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.1; done
  kill -9 "$1" 2>/dev/null || true
}

for suffix in keras weights.h5 h5; do
  file="$place/home/opened_by_xdg.$suffix"
  cp "$project/weightview/resources/examples/line.$suffix" "$file"
  echo "$file is $(xdg-mime query filetype "$file"), opened by $(xdg-mime query default \
    "$(xdg-mime query filetype "$file")")"
  xdg-open "$file" >"$place/log" 2>&1 &
  pid=$(window_of "opened_by_xdg.$suffix") || { cat "$place/log" >&2; exit 1; }
  echo "xdg-open showed $(basename "$file")"
  if [ "$suffix" = keras ] && [ -n "${2:-}" ] && command -v import >/dev/null; then
    sleep 2
    import -window root "$2"
  fi
  kill "$pid"
  ended "$pid"
done

mkdir "$place/home/models"
cp "$project/weightview/resources/examples/line.keras" "$place/home/models/double_clicked.keras"
pcmanfm --no-desktop "$place/home/models" >/dev/null 2>&1 &
started+=($!)
manager=$(timeout 30 xdotool search --sync --onlyvisible --class pcmanfm | tail -1)
xdotool windowactivate --sync "$manager"
sleep 1
# The only icon stands in the upper left of the view, beside the list of places.
for x in 207 60; do
  for y in 95 120 150; do
    xdotool mousemove --window "$manager" $x $y click --repeat 2 --delay 100 1
    for _ in $(seq 10); do
      xdotool search --onlyvisible --name double_clicked.keras >/dev/null 2>&1 && break 3
      sleep 0.3
    done
  done
done
pid=$(window_of double_clicked.keras)
echo "a double-click showed double_clicked.keras"
kill "$pid"
ended "$pid"

# The program notes what went wrong inside it in its log; a part that the bundle lacks shows there.
if grep -rl Traceback "$HOME"; then
  grep -rh -A20 Traceback "$HOME" >&2
  exit 1
fi
echo "the log has no errors"
