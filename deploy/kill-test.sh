#!/usr/bin/env bash
# Kills a toy pipeline at random moments of every stage, runs it again each time until it completes, and compares its tables
# and checkpoints with those of an undisturbed run: deploy/kill-test.sh [FOLDER [SEED [rl]]]. FOLDER (default: a new one in /tmp)
# keeps both warehouses and the log of every run. Ends with PASS (exit status 0) or FAIL (1). Takes about ten minutes.
# With rl, all kills fall into an RL run of 100 steps.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${1:-$(mktemp -d "${TMPDIR:-/tmp}/atomforge-kill-XXXXXX")}")
seed=${2:-17}
if [ -d "$folder" ] && [ -n "$(ls -A "$folder")" ]; then
  echo "$folder is not empty; name a new folder" >&2
  exit 2
fi

"$root/mvnw" -f "$root/pom.xml" -q -DskipTests package >&2
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
exec "$java" -Xmx1g "@$root/deploy/spark.args" "-Dlog4j2.configurationFile=file:$root/deploy/log4j2.properties" \
  -cp "$root/jobs/target/test-classes:$root/jobs/target/classes:$root/common/target/classes:$(cat "$root/jobs/target/classpath.txt")" \
  io.atomforge.jobs.KilledPipeline "$root" "$folder" "$seed" "${3:-}"
