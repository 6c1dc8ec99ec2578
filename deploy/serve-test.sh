#!/usr/bin/env bash
# Serves a warehouse of the toy pipeline by Sql serve=HOST:PORT and asks it as a JDBC client does, by Spark's beeline:
# deploy/serve-test.sh WAREHOUSE [FOLDER]. FOLDER (default: a new one in /tmp) keeps what was said. Needs SPARK_HOME. Ends with PASS
# (exit status 0) or FAIL (1).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${2:-$(mktemp -d "${TMPDIR:-/tmp}/atomforge-serve-XXXXXX")}")
mkdir -p "$folder"
export SPARK_LOCAL_IP=127.0.0.1
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$root/deploy/submit.sh" Sql --master 'local[2]' "warehouse=$1" "serve=127.0.0.1:$port" >"$folder/server.out" 2>"$folder/server.err" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait' EXIT

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

ask() { # NAME STATEMENT ...: the answers, as CSV without a head, go to NAME.csv
  local words=() statement
  for statement in "${@:2}"; do
    words+=(-e "$statement")
  done
  "$SPARK_HOME/bin/beeline" -u "jdbc:hive2://127.0.0.1:$port" --silent=true --force=true --showHeader=false --outputformat=csv2 \
    "${words[@]}" 2>"$folder/$1.err" | sed 's/[0-9]*: jdbc:hive2:[^>]*> //g' >"$folder/$1.csv" || true # less its prompts
}

until grep -qs "jdbc:hive2://127.0.0.1:$port" "$folder/server.err"; do
  kill -0 "$server" 2>/dev/null || fail "the server ended, see $folder/server.err"
  [ "$SECONDS" -lt 600 ] || fail "nobody serves, see $folder/server.err"
  sleep 0.2
done

ask names "SHOW TABLES"
for name in atoms problems rollouts evaluations v_pass_at_k v_chain_steps v_lineage; do
  grep -q "\b$name\b" "$folder/names.csv" || fail "$name is not served, see $folder/names.csv"
done

questions=("SELECT count(*), count(DISTINCT split) FROM problems" "SELECT count(*) FROM v_pass_at_k"
  "SELECT count(*) FROM problems VERSION AS OF 1")
ask answers "${questions[@]}"
for question in "${questions[@]}"; do
  SPARK_HOME= "$root/deploy/submit.sh" Query "$question" "warehouse=$1" --format csv 2>>"$folder/query.err" | tail -n 1
done >"$folder/expected.csv"
diff "$folder/expected.csv" "$folder/answers.csv" >&2 || fail "beeline's answers differ from Query's"

refused=("DROP TABLE problems" "DELETE FROM problems" "INSERT INTO problems SELECT * FROM problems" "CREATE TABLE mine (a INT)"
  "CREATE VIEW mine AS SELECT 1" "SET spark.sql.runSQLOnFiles=true" "ADD JAR /tmp/mine.jar" "EXECUTE IMMEDIATE 'DROP TABLE problems'"
  "SELECT reflect('java.lang.System', 'getenv', 'HOME')" "SELECT TRANSFORM(1) USING 'cat' AS (a) FROM problems"
  "SELECT * FROM csv.\`/etc/passwd\`")
ask refused "${refused[@]}"
[ "$(grep -c '^Error: .*queries are read-only' "$folder/refused.err")" -eq ${#refused[@]} ] || fail "not all was refused, see $folder/refused.err"
[ -s "$folder/refused.csv" ] && fail "something refused was answered, see $folder/refused.csv"
ask again "${questions[@]}"
diff "$folder/expected.csv" "$folder/again.csv" >&2 || fail "something changed"
echo PASS
