#!/usr/bin/env bash
# Runs the toy pipeline on the build's Spark, then by spark-submit on local[2], on two executors of their own and on a
# standalone cluster, and compares what each wrote: deploy/cluster-test.sh [FOLDER]. FOLDER (default: a new one in /tmp) keeps
# the warehouses and logs. Ends with PASS (exit status 0), FAIL (1), or SKIPPED (0) where SPARK_HOME names no Spark.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
spark=${SPARK_HOME:-}
if [ ! -x "$spark/bin/spark-submit" ]; then
  echo "SKIPPED: set SPARK_HOME to a Spark 4.1 (Scala 2.13), such as the folder pyspark of pip install 'pyspark==4.1.*'"
  exit 0
fi
folder=$(realpath -m "${1:-$(mktemp -d "${TMPDIR:-/tmp}/atomforge-cluster-XXXXXX")}")
mkdir -p "$folder"
if [ -n "$(ls -A "$folder")" ]; then
  echo "$folder is not empty; name a new folder" >&2
  exit 2
fi
export SPARK_LOCAL_IP=127.0.0.1 SPARK_SUBMIT_ARGS="--executor-cores 1 --executor-memory 1g"
daemons=()
trap 'for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null || true; done; wait' EXIT

pipeline() { # NAME MASTER PARTITIONS
  echo "$1: $2"
  "$root/deploy/submit.sh" Pipeline --master "$2" --config "$root/conf/toy.yaml" "warehouse=$folder/$1" "partitions=$3" \
    >"$folder/$1.out" 2>"$folder/$1.err" || { echo "FAIL: see $folder/$1.err" >&2; exit 1; }
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
    { echo "FAIL: see $folder/$1.query.err" >&2; exit 1; }
}

SPARK_HOME= pipeline embedded 'local[2]' 2
pipeline submitted 'local[2]' 2
pipeline executors 'local-cluster[2,1,1024]' 3
"$spark/bin/spark-class" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0 2>"$folder/master.log" &
daemons+=($!)
for _ in $(seq 120); do
  url=$(grep -o 'spark://127.0.0.1:[0-9]*' "$folder/master.log" | head -n 1 || true)
  [ -n "$url" ] && break
  sleep 1
done
"$spark/bin/spark-class" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 2 --memory 3g \
  --work-dir "$folder/work" "${url:?the master did not start, see $folder/master.log}" 2>"$folder/worker.log" &
daemons+=($!)
pipeline standalone "$url" 3

contents embedded >"$folder/embedded.txt"
for name in submitted executors standalone; do
  contents "$name" >"$folder/$name.txt"
  if ! diff "$folder/embedded.txt" "$folder/$name.txt" >&2; then
    echo "FAIL: $name differs from embedded"
    exit 1
  fi
done
echo PASS
