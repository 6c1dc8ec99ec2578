#!/usr/bin/env bash
# Runs a job: deploy/submit.sh JOB [--master M] [--config FILE] [--recipe FILE] [--dry-run] [--json] [--help] [key=value ...]
# Alone it lists the jobs. Builds what is missing. With SPARK_HOME set, or a master other than local, it calls that
# Spark's spark-submit; otherwise it runs on the Spark that the build resolved. --print-command shows the command that would
# run, and --print-jars the jars that a cluster needs; neither runs the job.
# Environment: JAVA_HOME, SPARK_HOME, ATOMFORGE_MEMORY (driver heap, default 2g), SPARK_SUBMIT_ARGS (extra words for spark-submit,
# quoted as in a shell), ATOMFORGE_JARS (a folder that holds the jars of --print-jars, such as hdfs:///apps/atomforge),
# ATOMFORGE_SPARK (the line of Spark to build for: 4.1, the default, 4.0 or 3.5).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

refuse() {
  echo "$1" >&2
  exit 2
}

# The build of another line lies in folders of its own.
spark=${ATOMFORGE_SPARK:-4.1}
case $spark in
  4.1) suffix= profile=() ;;
  4.0 | 3.5) suffix=-spark-$spark profile=("-Pspark-$spark") ;;
  *) refuse "ATOMFORGE_SPARK=$spark is no line of Spark that this program is built for: give 4.1, 4.0 or 3.5" ;;
esac
needs="Spark $spark (Scala 2.13)"
target=$root/jobs/target$suffix
jar=$target/atomforge$suffix.jar

# Spark runs on Java 17 and 21; its Hadoop calls what later versions took away.
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
needed="install a JDK 17 to 21 and set JAVA_HOME to it"
command -v "$java" >/dev/null || refuse "no Java found${JAVA_HOME:+ in JAVA_HOME=$JAVA_HOME}: $needed"
said=$("$java" -version 2>&1) || refuse "$java does not run: $needed"
version=$(sed -nE 's/.* version "(1\.)?([0-9]+).*/\2/p' <<<"$said" | head -n 1)
if [[ -z $version || $version -lt 17 || $version -gt 21 ]]; then
  refuse "$(command -v "$java") is Java ${version:-of an unknown version}, which Spark does not run on: $needed"
fi

# Spark itself asks for 450 MiB.
memory=${ATOMFORGE_MEMORY:-2g}
[[ $memory =~ ^0*([0-9]{1,9})([kKmMgGtT])$ ]] || refuse "ATOMFORGE_MEMORY=$memory is no size of the heap: give a number and k, m, g or t, such as 2g"
case ${BASH_REMATCH[2]} in
  [kK]) mib=$((BASH_REMATCH[1] / 1024)) ;;
  [mM]) mib=${BASH_REMATCH[1]} ;;
  [gG]) mib=$((BASH_REMATCH[1] * 1024)) ;;
  *) mib=$((BASH_REMATCH[1] * 1024 * 1024)) ;;
esac
[ "$mib" -ge 512 ] || refuse "ATOMFORGE_MEMORY=$memory is too small a heap: give 512m or more; the default is 2g"
there=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null || true)
[ "$mib" -le "${there:-$mib}" ] || refuse "ATOMFORGE_MEMORY=$memory is more than the $there MiB of this machine: give less; the default is 2g"

stale() {
  [ ! -f "$jar" ] || [ -n "$(find "$root/pom.xml" "$root"/common/{pom.xml,src/main} "$root"/jobs/{pom.xml,src/main} "$root/conf" -newer "$jar" -print -quit)" ]
}

if stale; then
  [ -x "$(dirname "$(realpath "$(command -v "$java")")")/javac" ] || refuse "$(command -v "$java") has no compiler beside it, and the program must be built: $needed"
  # Of several calls at once, one builds and the others wait.
  exec {lock}<"$root/mvnw"
  flock "$lock"
  if stale; then
    echo "building (first run only; about two minutes, and longer where dependencies are downloaded) ..." >&2
    if ! "$root/mvnw" -f "$root/pom.xml" "${profile[@]+"${profile[@]}"}" -q -DskipTests -Dspotless.check.skip=true package >&2; then
      echo "the build failed; the lines above say why" >&2
      exit 1
    fi
  fi
  exec {lock}<&-
fi

job=${1:-Jobs}
[ "$job" = --print-jars ] && set -- Jobs "$@" && job=Jobs
[ $# -gt 0 ] && shift
case $job in
  *.*) class=$job ;; # a main class by its full name; deploy/bench.sh starts benchmarks so
  *) class=io.atomforge.jobs.$job ;;
esac
file=${class//.//}.class
settings=$(sed -E 's/([a-z])([A-Z])/\1-\2/g' <<<"$job" | tr '[:upper:]' '[:lower:]').yaml
if [ "$job" != Jobs ] && [ ! -f "${ATOMFORGE_BENCH:-}/$file" ] && { [[ $job != *.* && ! -f "$root/conf/$settings" ]] || [ ! -f "$target/classes/$file" ]; }; then
  # The list of jobs knows the nearest one, and what --help is.
  set -- "$job"
  class=io.atomforge.jobs.Jobs
fi

master=
print=
words=()
while [ $# -gt 0 ]; do
  case $1 in
    --print-command | --print-jars)
      print=$1
      shift
      ;;
    --master)
      [[ $# -ge 2 && $2 != -* && $2 != *=* ]] || refuse "--master needs a value, such as local[2]"
      master=$2
      shift 2
      ;;
    --driver-memory | --driver-memory=*)
      refuse "${1%%=*} is an option of spark-submit: set ATOMFORGE_MEMORY, such as ATOMFORGE_MEMORY=4g"
      ;;
    --deploy-mode* | --queue* | --conf | --conf=* | --num-executors* | --executor-* | --driver-* | --archives* | --keytab* | --principal* | --properties-file*)
      value=$1
      [[ $1 == *=* || $# -lt 2 || $2 == -* || $2 == *=* ]] || value="$1 $2"
      refuse "${1%%=*} is an option of spark-submit: put it into the variable SPARK_SUBMIT_ARGS, such as SPARK_SUBMIT_ARGS='$value', and set SPARK_HOME and --master"
      ;;
    *)
      words+=("$1")
      shift
      ;;
  esac
done

# Spark's local-cluster, with executors of their own on this machine, is for tests and needs a distribution.
if [[ $master == local* && ! $master =~ ^local(\[([1-9][0-9]{0,3}|\*)(,[0-9]+)?\])?$ && ! (-n ${SPARK_HOME:-} && $master =~ ^local-cluster\[[0-9]+,[0-9]+,[0-9]+\]$) ]]; then
  refuse "--master $master is not understood: give local[2] for two cores, local[*] for all, or the address of a cluster"
fi

# Where there is no repository, as in an image, the environment may say what was built.
ATOMFORGE_GIT_COMMIT=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo "${ATOMFORGE_GIT_COMMIT:-unknown}")
export ATOMFORGE_GIT_COMMIT
# Threads of the engine that spin while idle would take the cores of the other tasks.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE} DJL_OFFLINE=${DJL_OFFLINE:-true}
# Few arenas, which keep what tensors free for the next ones: pages that come anew cost a step a fifth of its time.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2} MALLOC_MMAP_MAX_=${MALLOC_MMAP_MAX_:-0}
export MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-4294967296} MALLOC_TOP_PAD_=${MALLOC_TOP_PAD_:-67108864}
classpath=$(cat "$target/classpath.txt")

# What a cluster needs beside its Spark: Delta, and the native libraries of the engine.
mapfile -t jars < <(tr ':' '\n' <<<"$classpath" | grep -E '/io/delta/|pytorch-native-cpu')
if [ "$print" = --print-jars ]; then
  printf '%s\n' "$jar" "${jars[@]}"
  exit 0
fi

start() { # COMMAND ...: runs it in place of this process, or shows it
  if [ "$print" = --print-command ]; then
    printf '%q ' "$@"
    echo
    exit 0
  fi
  exec "$@"
}

if [ -n "${SPARK_HOME:-}" ] || [[ -n $master && $master != local* ]]; then
  if [ -z "${SPARK_HOME:-}" ]; then
    refuse "--master $master needs a Spark distribution: set SPARK_HOME to one of $needs, or give local[2]"
  fi
  [ -x "$SPARK_HOME/bin/spark-submit" ] || refuse "SPARK_HOME=$SPARK_HOME has no bin/spark-submit: set SPARK_HOME to a distribution of $needs, or unset it"
  found=$(ls "$SPARK_HOME/jars" 2>/dev/null | sed -nE 's/^spark-core_([0-9.]+)-([0-9]+\.[0-9]+).*/Spark \2 (Scala \1)/p' || true)
  [ "${found:-$needs}" = "$needs" ] || refuse "SPARK_HOME=$SPARK_HOME is $found, and this program is built for $needs: set SPARK_HOME to that, or ATOMFORGE_SPARK to another line"
  extra=()
  if [[ ${SPARK_SUBMIT_ARGS:-} =~ [^[:space:]] ]]; then
    # xargs knows the quotes of a shell and runs nothing that stands in the text.
    lines=$(xargs printf '%s\n' <<<"$SPARK_SUBMIT_ARGS" 2>/dev/null) || refuse "SPARK_SUBMIT_ARGS has a quote without its partner: $SPARK_SUBMIT_ARGS"
    mapfile -t extra <<<"$lines"
  fi
  settings=(--conf spark.executorEnv.OMP_WAIT_POLICY=PASSIVE --conf spark.executorEnv.DJL_OFFLINE=true)
  log=file:$root/deploy/log4j2.properties
  if [ "$master" = yarn ]; then
    # A job that failed goes on when it is given again, and a mistake does not mend itself.
    settings+=(--conf spark.yarn.maxAppAttempts=1)
    # The driver may run on a node of the cluster.
    for name in OMP_WAIT_POLICY DJL_OFFLINE ATOMFORGE_GIT_COMMIT MALLOC_ARENA_MAX MALLOC_MMAP_MAX_ MALLOC_TRIM_THRESHOLD_ MALLOC_TOP_PAD_; do
      settings+=(--conf "spark.yarn.appMasterEnv.$name=${!name}")
    done
    if [[ " ${extra[*]-} " =~ (\ --deploy-mode[\ =]|spark\.submit\.deployMode=)cluster\  ]]; then
      settings+=(--conf "spark.yarn.dist.files=$log#atomforge-log4j2.properties")
      log=atomforge-log4j2.properties
    fi
  fi
  if [ -n "${ATOMFORGE_JARS:-}" ]; then
    jars=("${jars[@]/#*\//${ATOMFORGE_JARS%/}/}")
    jar=${ATOMFORGE_JARS%/}/${jar##*/}
  fi
  start "$SPARK_HOME/bin/spark-submit" --class "$class" --master "${master:-local[*]}" --driver-memory "$memory" "${settings[@]}" \
    --driver-java-options "-Dlog4j2.configurationFile=$log" --jars "$(IFS=,; echo "${jars[*]}")" \
    ${ATOMFORGE_BENCH:+--driver-class-path "$ATOMFORGE_BENCH"} "${extra[@]+"${extra[@]}"}" "$jar" "${words[@]+"${words[@]}"}"
fi
[ -z "${SPARK_SUBMIT_ARGS:-}" ] || echo "SPARK_SUBMIT_ARGS has no effect here, because the job runs without spark-submit: set SPARK_HOME, or unset SPARK_SUBMIT_ARGS" >&2
options=("@$root/deploy/spark.args" "-Dspark.master=${master:-local[*]}" "-Dlog4j2.configurationFile=file:$root/deploy/log4j2.properties")
newest() { # MODULE: its jar
  ls -t "$root/$1/target$suffix/atomforge-$1"-*.jar | grep -v -e -tests -e -sources -e -javadoc | head -n 1
}
classpath=$(newest jobs):$(newest common):$classpath

# Java reads its classes from this archive in half the time. A job also runs without the archive.
archive=$target/classes-java$version.jsa
if [ -z "$print" ] && [ ! "$archive" -nt "$jar" ] && [ -w "$target" ]; then
  echo "preparing a faster start (once after a build) ..." >&2
  trap 'rm -rf "$archive.$$" "${empty:-}"' EXIT
  empty=$(mktemp -d)
  prepare() { # JVM OPTION ...: with the class path of jobs
    "$java" -Xmx1g -XX:ErrorFile=/dev/null "${options[@]}" -cp "$classpath" "$@" >/dev/null 2>&1
  }
  # Java crashes on an archive that breaks off, as on a full disk. So Java reads the new archive once with all checks.
  prepare -XX:ArchiveClassesAtExit="$archive.$$" io.atomforge.jobs.Query "SELECT 1" "warehouse=$empty" &&
    prepare -XX:SharedArchiveFile="$archive.$$" -Xshare:on -XX:+VerifySharedSpaces io.atomforge.jobs.Query --help || : >"$archive.$$"
  mv -f "$archive.$$" "$archive"
  rm -rf "$empty"
  trap - EXIT
fi
# These calls mostly end within seconds. Java's second compiler would cost them more time than its faster code saves.
quick=()
case " $job ${words[*]-} " in " Jobs "* | " Query "* | *" --help "*) quick=(-XX:TieredStopAtLevel=1) ;; esac
start "$java" "-Xmx$memory" "${quick[@]+"${quick[@]}"}" -XX:SharedArchiveFile="$archive" -Xlog:cds*=off -Xlog:class+path=off "${options[@]}" \
  -cp "$classpath${ATOMFORGE_BENCH:+:$ATOMFORGE_BENCH}" "$class" "${words[@]+"${words[@]}"}"
