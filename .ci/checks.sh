# For the gates beside .ci/run, which read it: an empty folder for what their checks leave, and how a check is run.
folder=$(realpath -m "${1:-$(mktemp -d "${TMPDIR:-/tmp}/atomforge-$(basename "$0")-XXXXXX")}")
mkdir -p "$folder"
if [ -n "$(ls -A "$folder")" ]; then
  echo "$folder is not empty; name a new folder" >&2
  exit 2
fi

check() { # NAME COMMAND...: runs a test and says how long it took
  local since=$SECONDS
  echo "$1"
  if ! (cd "$folder" && "${@:2}") >"$folder/$1.log" 2>&1; then
    tail -n 60 "$folder/$1.log"
    echo "FAIL after $SECONDS s: see $folder/$1.log"
    exit 1
  fi
  grep -E '^(Ran|OK|PASS|[a-z0-9.-]+: [0-9]+ s$|.*Tests run: [0-9, :A-Za-z]*$)' "$folder/$1.log" || true
  echo "  $((SECONDS - since)) s"
}
