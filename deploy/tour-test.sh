#!/usr/bin/env bash
# Runs the commands of docs/tour.md, in their order, in a copy of the checkout: deploy/tour-test.sh [FOLDER]. FOLDER (default: a
# new one in /tmp) keeps the copy, what was said, and in FOLDER/tour what the page writes to /tmp/tour. A text block below
# commands is their output: each of its lines must be printed, in this order, and ... stands for any text. Ends with PASS (exit
# status 0), or at the first block that fails with FAIL (1).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${1:-$(mktemp -d "${TMPDIR:-/tmp}/atomforge-tour-XXXXXX")}")
mkdir -p "$folder"
if [ -n "$(ls -A "$folder")" ]; then
  echo "$folder is not empty; name a new folder" >&2
  exit 2
fi
copy=$folder/atomforge
said=$folder/said
mkdir "$copy" "$said"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=-) | tar --extract --directory "$copy"

# Files of blocks: NN.bash, NN.title, and NN.text where the page shows what is printed.
python3 - "$copy/docs/tour.md" "$said" "$folder/tour" <<'END'
import re
import sys
from pathlib import Path

page, said, tour = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
number, title = 0, ""
for found in re.finditer(r"^#+ ([^\n]*)$|^```(bash|text)\n(.*?)^```$", page.read_text(), re.M | re.S):
    heading, kind, block = found.groups()
    if heading and not kind:
        title = heading
        continue
    number += kind != "text"
    name = said / f"{number:02}"
    name.with_suffix("." + kind).write_text(block.replace("/tmp/tour", tour))
    name.with_suffix(".title").write_text(title)
END

fail() { # NUMBER REASON
  tail -n 20 "$said/$1.err" >&2
  echo "FAIL: block $1 ($(cat "$said/$1.title")) $2; see $said/$1.{bash,out,err}" >&2
  exit 1
}

begin=$SECONDS
mkdir "$folder/tour"
for title in "$said"/*.title; do
  number=$(basename "$title" .title)
  since=$SECONDS
  (cd "$copy" && bash -euo pipefail "$said/$number.bash") >"$said/$number.out" 2>"$said/$number.err" </dev/null || fail "$number" "ended with status $?"
  if [ -f "$said/$number.text" ]; then
    python3 - "$said/$number.text" "$said/$number.out" >>"$said/$number.err" <<'END' || fail "$number" "printed something else than the page shows"
import re
import sys

shown, printed = (open(name, encoding="utf-8").read().splitlines() for name in sys.argv[1:])
place = 0
for line in filter(str.strip, shown):
    pattern = re.compile(".*".join(re.escape(part) for part in line.rstrip().split("...")))
    while place < len(printed) and not pattern.fullmatch(printed[place].rstrip()):
        place += 1
    if place == len(printed):
        print(f"the page shows a line that was not printed, or not in this order: {line}")
        sys.exit(1)
    place += 1
END
  fi
  echo "$number $(cat "$title"): $((SECONDS - since)) s"
done
echo "PASS after $((SECONDS - begin)) s"
