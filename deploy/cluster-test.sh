#!/usr/bin/env bash
# Runs the toy pipeline on the build's Spark, then on clusters, and compares what each wrote: deploy/cluster-test.sh
# [FOLDER [KIND ...]]. FOLDER (default: a new one in /tmp) keeps the warehouses and logs. KIND (default: all) is
#   submitted   spark-submit on local[2]
#   executors   two executors on this machine
#   standalone  a standalone cluster
#   yarn        YARN and HDFS on this machine, in client mode with an executor that is lost, and in cluster mode
# and, if named, spark-4.0 or spark-3.5: the build for that line of Spark, on the Spark that the build resolved.
# Ends with PASS (exit status 0), FAIL (1), or SKIPPED (0) where a cluster needs SPARK_HOME and that names no Spark.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
spark=${SPARK_HOME:-}
folder=${1:-}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- submitted executors standalone yarn
for kind in "$@"; do
  if ! [[ $kind =~ ^(submitted|executors|standalone|yarn|spark-4\.0|spark-3\.5)$ ]]; then
    echo "no cluster is called $kind; the first lines of $0 name those that are there" >&2
    exit 2
  fi
  if [[ $kind != spark-* && ! -x $spark/bin/spark-submit ]]; then
    echo "SKIPPED: set SPARK_HOME to a Spark 4.1 (Scala 2.13), such as the folder pyspark of pip install 'pyspark==4.1.*'"
    exit 0
  fi
done
folder=$(realpath -m "${folder:-$(mktemp -d "${TMPDIR:-/tmp}/atomforge-cluster-XXXXXX")}")
mkdir -p "$folder"
if [ -n "$(ls -A "$folder")" ]; then
  echo "$folder is not empty; name a new folder" >&2
  exit 2
fi
export SPARK_LOCAL_IP=127.0.0.1 SPARK_SUBMIT_ARGS="--executor-cores 1 --executor-memory 1g"
# The same everywhere: what a container finds may be another version.
python=$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')
daemons=()
trap 'for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null || true; done; wait' EXIT

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

job() { # NAME JOB WORD ...: what it says goes to NAME.out and NAME.err
  local since=$SECONDS
  "$root/deploy/submit.sh" "${@:2}" >"$folder/$1.out" 2>"$folder/$1.err" || fail "see $folder/$1.err"
  echo "$1: $((SECONDS - since)) s"
}

pipeline() { # NAME MASTER PARTITIONS
  job "$1" Pipeline --master "$2" --config "$root/conf/toy.yaml" "warehouse=$folder/$1" "partitions=$3" "sandbox.python=$python"
}

contents() { # NAME: the bytes of tokenizer and checkpoints, and the rows that no clock is in
  (cd "$folder/$1/_files" && find checkpoints tokenizer -type f | sort | xargs sha256sum)
  local sql="" table columns
  for table in atoms problems rejections solutions verdicts sequences rollouts evaluations; do
    columns='*'
    [ "$table" = verdicts ] && columns='solution_id, outcome, passed, total'
    [ "$table" = rollouts ] && columns='* EXCEPT (wall_ms, cpu_ms)'
    sql+="${sql:+ UNION ALL }SELECT '$table', count(*),"
    sql+=" sum(CAST(xxhash64(to_json(struct($columns))) AS DECIMAL(20, 0))) FROM $table"
  done
  SPARK_HOME= "$root/deploy/submit.sh" Query "$sql" "warehouse=$folder/$1" --format csv 2>"$folder/$1.query.err" ||
    fail "see $folder/$1.query.err"
}

compare() { # NAME: with what the embedded run wrote
  contents "$1" >"$folder/$1.txt"
  diff "$folder/embedded.txt" "$folder/$1.txt" >&2 || fail "$1 differs from embedded"
}

until_line() { # REGEX FILE: the first match, as soon as it is there
  for _ in $(seq 3000); do
    grep -oE -m 1 "$1" "$2" 2>/dev/null && return
    sleep 0.2
  done
  fail "nobody said '$1' in $2"
}

standalone() {
  "$spark/bin/spark-class" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0 2>"$folder/master.log" &
  daemons+=($!)
  local url
  url=$(until_line 'spark://127.0.0.1:[0-9]+' "$folder/master.log")
  "$spark/bin/spark-class" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 2 --memory 3g \
    --work-dir "$folder/work" "$url" 2>"$folder/worker.log" &
  daemons+=($!)
  pipeline standalone "$url" 3
}

hdfs() { # WORD ...: a command of Hadoop's file system shell
  "$spark/bin/spark-class" org.apache.hadoop.fs.FsShell "$@" 2>>"$folder/hdfs.err"
}

lose_an_executor() { # NAME: kills one in the middle of the supervised steps of a job
  until_line '^sft step [1-5]/6' "$folder/$1.err" >/dev/null
  local pid
  pid=$(ps -C java -o pid=,args= | grep -F "java.io.tmpdir=$folder/" | grep -F YarnCoarseGrainedExecutorBackend | awk 'NR == 1 { print $1 }')
  kill -KILL "$pid"
}

yarn() {
  local address
  mkdir "$folder/yarn"
  (cd "$folder/yarn" && exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx1g "@$root/deploy/spark.args" \
    "-Dlog4j2.configurationFile=file:$root/deploy/log4j2.properties" -cp "$root/jobs/target/test-classes:$(cat "$root/jobs/target/test-classpath.txt")" \
    io.atomforge.jobs.YarnCluster "$folder/yarn/conf" "$folder/yarn/data") >"$folder/yarn/address" 2>"$folder/yarn/log" &
  daemons+=($!)
  address=$(until_line 'hdfs://.*' "$folder/yarn/address")
  export HADOOP_CONF_DIR=$folder/yarn/conf
  SPARK_SUBMIT_ARGS+=" --queue ml --num-executors 2 --conf spark.executor.memoryOverhead=1g --conf spark.driver.memoryOverhead=1g"
  SPARK_SUBMIT_ARGS+=" --conf 'spark.yarn.jars=local:$spark/jars/*'"

  hdfs -mkdir -p /conf /jars
  hdfs -put "$root/conf/toy.yaml" /conf
  # shellcheck disable=SC2046
  hdfs -put $("$root/deploy/submit.sh" --print-jars) /jars

  job doctor Doctor --master yarn "warehouse=$address/client"
  [ "$(grep -c '^executor ' "$folder/doctor.out")" -eq 2 ] || fail "Doctor saw no two executors, see $folder/doctor.out"

  lose_an_executor client &
  job client Pipeline --master yarn --config "$address/conf/toy.yaml" "warehouse=$address/client" partitions=3 \
    "sandbox.python=$python"
  wait $! || fail "no executor could be killed"
  grep -q 'Lost executor' "$folder/client.err" || fail "no executor was lost, see $folder/client.err"
  hdfs -get "$address/client" "$folder/client"

  SPARK_SUBMIT_ARGS+=" --deploy-mode cluster"
  export ATOMFORGE_JARS=$address/jars
  job cluster Pipeline --master yarn --config "$address/conf/toy.yaml" "warehouse=$address/cluster" partitions=3 \
    "sandbox.python=$python" "summary=$address/outcome.json"
  [[ $(hdfs -cat "$address/outcome.json") == '{"job":"Pipeline","status":0,"reason":"","summary":{'* ]] ||
    fail "the job left no outcome of success in $address/outcome.json"
  hdfs -get "$address/cluster" "$folder/cluster"
}

SPARK_HOME= pipeline embedded 'local[2]' 2
contents embedded >"$folder/embedded.txt"
for kind in "$@"; do
  case $kind in
    submitted) pipeline submitted 'local[2]' 2 ;;
    executors) pipeline executors 'local-cluster[2,1,1024]' 3 ;;
    spark-*) SPARK_HOME= ATOMFORGE_SPARK=${kind#spark-} pipeline "$kind" 'local[2]' 2 ;;
    *) $kind ;;
  esac
  case $kind in
    yarn) compare client && compare cluster ;;
    *) compare "$kind" ;;
  esac
done
echo PASS
