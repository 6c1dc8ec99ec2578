#!/usr/bin/env bash
# Runs a job: deploy/submit.sh JOB [--master M] [--config FILE] [--recipe FILE] [--dry-run] [--json] [--help] [key=value ...]
# Alone it lists the jobs. Builds what is missing. With SPARK_HOME set, or a master other than local, it calls that
# Spark's spark-submit; otherwise it runs on the Spark that the build resolved.
# Environment: JAVA_HOME, SPARK_HOME, ATOMFORGE_MEMORY (driver heap, default 2g), SPARK_SUBMIT_ARGS (extra words for spark-submit).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jar=$root/jobs/target/atomforge.jar

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if ! command -v "$java" >/dev/null; then
  echo "no Java found: install a JDK 17 or later, or set JAVA_HOME" >&2
  exit 2
fi

if [ ! -f "$jar" ] || [ -n "$(find "$root/pom.xml" "$root"/common/{pom.xml,src/main} "$root"/jobs/{pom.xml,src/main} "$root/conf" -newer "$jar" -print -quit)" ]; then
  echo "building (first run only) ..." >&2
  "$root/mvnw" -f "$root/pom.xml" -q -DskipTests -Dspotless.check.skip=true package >&2
fi

job=${1:-Jobs}
[ $# -gt 0 ] && shift
case $job in
  *.*) class=$job ;; # a main class by its full name; deploy/bench.sh starts benchmarks so
  *) class=io.atomforge.jobs.$job ;;
esac
file=${class//.//}.class
if [ ! -f "$root/jobs/target/classes/$file" ] && [ ! -f "${ATOMFORGE_BENCH:-}/$file" ]; then
  echo "unknown job '$job'; deploy/submit.sh alone lists them" >&2
  exit 2
fi

master=
words=()
while [ $# -gt 0 ]; do
  case $1 in
    --master)
      if [ $# -lt 2 ]; then
        echo "--master needs a value, such as local[2]" >&2
        exit 2
      fi
      master=$2
      shift 2
      ;;
    *)
      words+=("$1")
      shift
      ;;
  esac
done

ATOMFORGE_GIT_COMMIT=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
export ATOMFORGE_GIT_COMMIT
# Threads of the engine that spin while idle would take the cores of the other tasks.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE} DJL_OFFLINE=${DJL_OFFLINE:-true}
# Few arenas, which keep what tensors free for the next ones: pages that come anew cost a step a fifth of its time.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2} MALLOC_MMAP_MAX_=${MALLOC_MMAP_MAX_:-0}
export MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-4294967296} MALLOC_TOP_PAD_=${MALLOC_TOP_PAD_:-67108864}
memory=${ATOMFORGE_MEMORY:-2g}
classpath=$(cat "$root/jobs/target/classpath.txt")

if [ -n "${SPARK_HOME:-}" ] || [[ -n $master && $master != local* ]]; then
  if [ ! -x "${SPARK_HOME:-}/bin/spark-submit" ]; then
    echo "master $master needs a Spark distribution: set SPARK_HOME to one of Spark 4.1 (Scala 2.13)" >&2
    exit 2
  fi
  jars=$(tr ':' '\n' <<<"$classpath" | grep -E '/io/delta/|pytorch-native-cpu' | paste -sd, -)
  # shellcheck disable=SC2086
  exec "$SPARK_HOME/bin/spark-submit" --class "$class" --master "${master:-local[*]}" --driver-memory "$memory" \
    --conf spark.executorEnv.OMP_WAIT_POLICY=PASSIVE --conf spark.executorEnv.DJL_OFFLINE=true \
    --driver-java-options "-Dlog4j2.configurationFile=file:$root/deploy/log4j2.properties" \
    --jars "$jars" ${ATOMFORGE_BENCH:+--driver-class-path "$ATOMFORGE_BENCH"} ${SPARK_SUBMIT_ARGS:-} "$jar" "${words[@]+"${words[@]}"}"
fi
exec "$java" "-Xmx$memory" "@$root/deploy/spark.args" "-Dspark.master=${master:-local[*]}" \
  "-Dlog4j2.configurationFile=file:$root/deploy/log4j2.properties" \
  -cp "$root/jobs/target/classes:$root/common/target/classes:${ATOMFORGE_BENCH:+$ATOMFORGE_BENCH:}$classpath" "$class" "${words[@]+"${words[@]}"}"
