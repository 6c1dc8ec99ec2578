#!/usr/bin/env bash
# Makes the mistakes of a newcomer with the launcher, stops jobs in all their phases and starts two at once:
# deploy/mistakes-test.sh [FOLDER]. Every mistake must end with its exit status and one line that names the thing, and leave
# every file as it was; a stopped job says in one line what is saved, and the same command goes on. FOLDER (default: a new one
# in /tmp) keeps what was said. Ends with PASS (exit status 0) or FAIL (1). Takes about fifteen minutes on two cores.
set -uo pipefail
set -m # background jobs get a process group, as at a terminal, and take Ctrl-C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(realpath -m "${1:-$(mktemp -d "${TMPDIR:-/tmp}/atomforge-mistakes-XXXXXX")}")
if [ -d "$folder" ] && [ -n "$(ls -A "$folder")" ]; then
  echo "$folder is not empty; name a new folder" >&2
  exit 2
fi
said=$folder/said
place=$folder/place
mkdir -p "$said" "$place"
cd "$place" || exit 2
submit=$root/deploy/submit.sh
number=0
failures=0

fail() {
  echo "FAIL $number: $1"
  failures=$((failures + 1))
}

files() { # a probe that is made and deleted changes a folder's time
  find "$place" -type d -printf '%p\n' -o -printf '%p %s %T@ %l\n' | sort
}

# What stands in standard error beside the settings, each of which names the file it is from.
words() {
  grep -vE '\((conf/[a-z/0-9-]+\.yaml|[^ ]*\.yaml|command line)\)$' "$1"
}

# mistake STATUS REGEX COMMAND ...: the command ends with this status, one line that matches, and all files as they were.
mistake() {
  local status=$1 regex=$2 before got err
  shift 2
  number=$((number + 1))
  err=$said/$number.err
  before=$(files)
  "$@" >"$said/$number.out" 2>"$err" </dev/null
  got=$?
  [ "$got" -eq "$status" ] || fail "$* ended with $got, not $status"
  [ "$(words "$err" | wc -l)" -eq 1 ] || fail "$* said $(words "$err" | wc -l) lines: $err"
  words "$err" | grep -qE -- "$regex" || fail "$* did not say '$regex' but: $(words "$err" | tail -n 1)"
  [ "$before" = "$(files)" ] || fail "$* changed files: $(diff <(echo "$before") <(files) | head -n 5)"
}

# says REGEX COMMAND ...: the command does its work and says something on standard error.
says() {
  local regex=$1
  shift
  number=$((number + 1))
  "$@" >"$said/$number.out" 2>"$said/$number.err" </dev/null || fail "$* ended with $?"
  grep -qE -- "$regex" "$said/$number.err" || fail "$* did not say '$regex': $said/$number.err"
}

begin() { # COMMAND ...: in the background, as process group $started
  number=$((number + 1))
  env --default-signal=INT "$@" >"$said/$number.out" 2>"$said/$number.err" </dev/null &
  started=$!
}

until_said() { # REGEX: the job in the background has said it, or has ended
  local i
  for i in $(seq 3000); do
    if grep -qE -- "$1" "$said/$number.err" || ! kill -0 "$started" 2>/dev/null; then
      return
    fi
    sleep 0.2
  done
  fail "nobody said '$1' in ten minutes: $said/$number.err"
}

stopped() { # SIGNAL STATUS REGEX: the job in the background ends by the signal and says so last, without a trace
  local got
  kill "-$1" -- "-$started"
  wait "$started"
  got=$?
  [ "$got" -eq "$2" ] || fail "$1 ended with $got, not $2: $said/$number.err"
  tail -n 1 "$said/$number.err" | grep -qE -- "$3" || fail "$1: '$3' is not the last line of $said/$number.err"
  if grep -qE '^\s+at |Exception|^[0-9:]+ (ERROR|WARN)' "$said/$number.err"; then
    fail "$1 left a trace: $said/$number.err"
  fi
  [ "$(grep -c ': stopped; ' "$said/$number.err")" -eq 1 ] || fail "$1: not one line in $said/$number.err"
  [ -z "$(find "$place" -name '*.part' -print -quit)" ] || fail "$1 left $(find "$place" -name '*.part')"
}

# Files and folders to be wrong with.
solution='{"code": "def f(x): return x", "entry_point": "f", "calls": [{"args": [1], "expected": 1}]}'
echo "$solution" >in.jsonl
ln -s in.jsonl link.jsonl
mkdir empty data mine.parquet "with blank"
echo "$solution" >data/in.jsonl
echo mine >mine.parquet/thesis.txt
: >empty.jsonl
: >empty.yaml
echo 'no gzip' >bad.jsonl.gz
echo 'no Parquet' >bad.parquet
head -c 3000 /dev/urandom >binary.jsonl
head -c 3000 /dev/urandom >binary.yaml
printf 'seed: 1\nseed: 2\n' >twice.yaml
printf 'topic: mine\natoms: []\n' >none.yaml
printf 'topic: [mine\n' >broken.yaml
mkdir -p empty-model && echo '{}' >empty-model/config.json
java=$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java")
fake() { # NAME VERSION: a JAVA_HOME of that version
  mkdir -p "$folder/$1/bin"
  printf '#!/bin/sh\necho '\''openjdk version "%s" 2020-01-01'\'' >&2\n' "$2" >"$folder/$1/bin/java"
  chmod +x "$folder/$1/bin/java"
}
fake java8 1.8.0_392
fake java11 11.0.2
fake java16 16.0.1
fake java22 22.0.1
fake java25 25
fake java27 27-ea
mkdir -p "$folder/broken-java/bin" "$folder/no-java"
printf '#!/bin/sh\nexit 1\n' >"$folder/broken-java/bin/java"
chmod +x "$folder/broken-java/bin/java"

"$submit" Jobs >"$said/jobs" || exit 1 # builds

echo "the launcher"
for version in 8 11 16 22 25 27; do
  mistake 2 "is Java $version, .*JDK 17 to 21" env "JAVA_HOME=$folder/java$version" "$submit" Query "SELECT 1"
done
mistake 2 'does not run: install a JDK 17 to 21' env "JAVA_HOME=$folder/broken-java" "$submit" Query "SELECT 1"
mistake 2 'no Java found in JAVA_HOME=.*: install a JDK 17 to 21' env "JAVA_HOME=$folder/no-java" "$submit" Query "SELECT 1"
mistake 2 'ATOMFORGE_MEMORY=256m is too small .* 512m' env ATOMFORGE_MEMORY=256m "$submit" Query "SELECT 1"
mistake 2 'ATOMFORGE_MEMORY=0g is too small' env ATOMFORGE_MEMORY=0g "$submit" Query "SELECT 1"
mistake 2 'ATOMFORGE_MEMORY=lots is no size' env ATOMFORGE_MEMORY=lots "$submit" Query "SELECT 1"
mistake 2 'ATOMFORGE_MEMORY=2 GB is no size' env "ATOMFORGE_MEMORY=2 GB" "$submit" Query "SELECT 1"
mistake 2 'ATOMFORGE_MEMORY=9000g is more than' env ATOMFORGE_MEMORY=9000g "$submit" Query "SELECT 1"
mistake 2 "unknown job 'TrainSftt'; did you mean TrainSft\?" "$submit" TrainSftt
mistake 2 "unknown job 'train-sft'; did you mean TrainSft\?" "$submit" train-sft
mistake 2 "unknown job 'pipelin'; did you mean Pipeline\?" "$submit" pipelin
mistake 2 "unknown job 'Zzz'; the nearest" "$submit" Zzz
mistake 2 "unknown job 'RlConfig'" "$submit" RlConfig
mistake 2 'name a job before --dry-run' "$submit" --dry-run TrainSft
mistake 2 'name a job before seed=1' "$submit" seed=1 TrainSft
mistake 2 '--master local\[x\] is not understood' "$submit" Query "SELECT 1" --master 'local[x]'
mistake 2 '--master local\[0\] is not understood' "$submit" Query "SELECT 1" --master 'local[0]'
mistake 2 '--master needs a value' "$submit" Query "SELECT 1" --master
mistake 2 '--master spark://host:7077 needs a Spark distribution: set SPARK_HOME' \
  env -u SPARK_HOME "$submit" Query "SELECT 1" --master spark://host:7077
mistake 2 'SPARK_HOME=/no/spark has no bin/spark-submit' env SPARK_HOME=/no/spark "$submit" Query "SELECT 1"
mistake 2 'ATOMFORGE_SPARK=4 is no line of Spark.*: give 4.1, 4.0 or 3.5' env ATOMFORGE_SPARK=4 "$submit" Query "SELECT 1"
mkdir -p "$folder/spark/bin" "$folder/older/bin" "$folder/older/jars"
touch "$folder/older/bin/spark-submit" "$folder/older/jars/spark-core_2.12-3.5.6.jar"
chmod +x "$folder/older/bin/spark-submit"
mistake 2 'is Spark 3.5 \(Scala 2.12\), and this program is built for Spark 4.1 \(Scala 2.13\)' \
  env "SPARK_HOME=$folder/older" "$submit" Query "SELECT 1"
printf '#!/bin/sh\nprintf "<%%s>" "$@" >&2\n' >"$folder/spark/bin/spark-submit"
chmod +x "$folder/spark/bin/spark-submit"
mistake 2 "SPARK_SUBMIT_ARGS has a quote without its partner: --conf 'spark.a=x" \
  env "SPARK_HOME=$folder/spark" "SPARK_SUBMIT_ARGS=--conf 'spark.a=x" "$submit" Query "SELECT 1"
says '<--conf><spark.a=x y><--queue><\$\(ml\)>' \
  env "SPARK_HOME=$folder/spark" "SPARK_SUBMIT_ARGS=--conf 'spark.a=x y' --queue \$(ml)" "$submit" Query "SELECT 1"
says '/cluster/jars/delta-spark[^/]*,.*<hdfs:/cluster/jars/atomforge.jar><SELECT 1>$' \
  env "SPARK_HOME=$folder/spark" ATOMFORGE_JARS=hdfs:/cluster/jars/ "$submit" Query "SELECT 1"

echo "keys and values"
mistake 2 'optimizer.learning_rat: unknown key; did you mean learning_rate\?' "$submit" TrainSft optimizer.learning_rat=1
mistake 2 'learning_rate: unknown key; did you mean optimizer.learning_rate\?' "$submit" TrainSft learning_rate=1
mistake 2 'batch_size: unknown key; did you mean train_batch_size\?' "$submit" TrainSft batch_size=1
mistake 2 'zzzz: unknown key; the nearest' "$submit" TrainSft zzzz=1
mistake 2 'train_sft.max_stps: unknown key; did you mean max_steps\?|max_stps: unknown key; did you mean max_steps\?' \
  "$submit" Pipeline --dry-run train_sft.max_stps=1
mistake 2 'trian_sft: unknown key.*did you mean train_sft\?' "$submit" Pipeline --dry-run trian_sft.max_steps=1
mistake 2 'the setting is written max_steps=VALUE' "$submit" TrainSft --max-steps=5
mistake 2 'unknown option --dry; did you mean --dry-run\?' "$submit" TrainSft --dry
mistake 2 "'max_steps' is not understood; settings are key=value" "$submit" TrainSft max_steps 5
mistake 2 "max_steps: expected a whole number, got 'ten'" "$submit" TrainSft max_steps=ten
mistake 2 "max_steps: expected a whole number, got '1.5'" "$submit" TrainSft max_steps=1.5
mistake 2 "max_steps: expected a whole number, got ''" "$submit" TrainSft max_steps=
mistake 2 'max_steps must be 0 or more, got -1' "$submit" TrainSft max_steps=-1
mistake 2 'optimizer: expected a block of keys' "$submit" TrainSft optimizer=5
mistake 2 'not valid YAML' "$submit" TrainSft 'max_steps=[1'
mistake 2 "run_id must be made of letters, digits, _ . and -.*got ''" "$submit" TrainSft run_id=
mistake 2 "run_id must be made of" "$submit" TrainRl run_id=a/b
mistake 2 "run_id must be a name" "$submit" Evaluate run_id=
mistake 2 'format: must be table, csv or json, got xml' "$submit" Query "SELECT 1" --format xml
mistake 2 'limit must be 1 or more, got 0' "$submit" Query "SELECT 1" limit=0
mistake 2 'splits must be of .*train.* got tset' "$submit" Export 'splits=[tset]' output=out.jsonl
mistake 2 "splits: expected a list" "$submit" Export splits=test output=out.jsonl
mistake 2 'output must be the name of a .parquet or .jsonl file' "$submit" Export output=out.csv
mistake 2 'verdicts must be set together with solutions' "$submit" JudgeSolutions solutions=in.jsonl
mistake 2 'no/such.yaml: no such file' "$submit" TrainSft --config no/such.yaml
mistake 2 'data: is a folder; give a YAML file' "$submit" TrainSft --config data
mistake 2 '--config needs a file' "$submit" TrainSft --config
mistake 2 'quickstart.yaml: synthesize_problems: unknown key; a file with a block for each stage is for Pipeline' \
  "$submit" TrainSft --config "$root/conf/quickstart.yaml"
mistake 2 'train-sft.yaml: [a-z_]+: neither a shared key nor' "$submit" Pipeline --config "$root/conf/train-sft.yaml"
mistake 2 'stages: the list is empty' "$submit" Pipeline --dry-run 'stages=[]'
mistake 2 'models: the list is empty' "$submit" MergeCheckpoints warehouse=new
mistake 2 'name: name the collection' "$submit" LoadProblems problems=in.jsonl warehouse=new
mistake 2 "label: expected topic or return_type, got 'topik'" "$submit" LabelProblems label=topik
mistake 2 'conf/recipes/dapoo.yaml: no such file' "$submit" TrainRl --recipe conf/recipes/dapoo.yaml
mistake 2 'binary.yaml' "$submit" TrainSft --config binary.yaml
mistake 2 'twice.yaml:2: not valid YAML: Duplicate' "$submit" TrainSft --config twice.yaml

echo "places and files"
mistake 2 'warehouse: .*in.jsonl is a file; name a folder' "$submit" LoadAtoms warehouse=in.jsonl
mistake 2 'warehouse: .*data holds other things' "$submit" LoadAtoms warehouse=data
mistake 2 'warehouse: cannot write to' "$submit" LoadAtoms warehouse=/proc/warehouse
mistake 2 'warehouse: cannot open' "$submit" LoadAtoms warehouse=nowhere://host/x
mistake 2 'warehouse: .*new holds no table yet; run Pipeline' "$submit" Query "SELECT * FROM problems" warehouse=new
mistake 2 'table problems does not exist in .*new yet; Written by' "$submit" Export output=out.jsonl warehouse=new
mistake 2 'table sequences does not exist in .*new yet; Written by BuildDataset' "$submit" TrainSft warehouse=new
mistake 2 'sandbox.python=/no/python cannot be started; install Python 3.9' "$submit" LoadAtoms sandbox.python=/no/python warehouse=new
mistake 2 'train_sft: data set default is not there; run stage build_dataset first' \
  "$submit" Pipeline stage=train_sft warehouse=new
mistake 2 'the library with org.apache.hadoop.fs.s3a.S3AFileSystem is not loaded' "$submit" LoadAtoms warehouse=s3a://b/w
mistake 2 'the library with org.apache.hadoop.fs.s3a.S3AFileSystem is not loaded' \
  "$submit" JudgeSolutions solutions=s3a://b/in.jsonl verdicts=out.jsonl
mistake 2 'sandbox.python=/bin/false does not run: it said nothing' "$submit" LoadAtoms sandbox.python=/bin/false warehouse=new
mistake 1 'Doctor failed: .*sandbox.python=/no/python cannot be started' "$submit" Doctor sandbox.python=/no/python warehouse=new
mistake 2 'atoms: folder empty has no file whose name ends in .yaml' "$submit" LoadAtoms atoms=empty warehouse=new
mistake 2 'atoms: cannot read no.yaml' "$submit" LoadAtoms atoms=no.yaml warehouse=new
mistake 2 'none.yaml: the list .atoms. is empty' "$submit" LoadAtoms atoms=none.yaml warehouse=new
mistake 2 'empty.yaml: expected the two keys' "$submit" LoadAtoms atoms=empty.yaml warehouse=new
mistake 2 'broken.yaml: not valid YAML at line' "$submit" LoadAtoms atoms=broken.yaml warehouse=new
mistake 2 'binary.yaml is not text in UTF-8' "$submit" LoadAtoms atoms=binary.yaml warehouse=new
mistake 2 "model_name_or_path: no checkpoint, run or folder named '/no/model'" \
  "$submit" TrainSft --dry-run model_name_or_path=/no/model warehouse=new
mistake 2 'model_name_or_path: empty is no folder of a model' "$submit" TrainTokenizer model_name_or_path=empty warehouse=new
mistake 2 'checkpoint: no checkpoint, run or folder named' "$submit" Evaluate --dry-run checkpoint=best warehouse=new
mistake 2 'there is no file no.jsonl' "$submit" JudgeSolutions --dry-run solutions=no.jsonl verdicts=out.jsonl warehouse=new

judge() {
  "$submit" JudgeSolutions "solutions=$1" "verdicts=$2" warehouse=new
}
for out in in.jsonl ./in.jsonl link.jsonl "$place/in.jsonl" data/../in.jsonl; do
  mistake 2 'verdicts: .*is read by this job and would be overwritten' judge in.jsonl "$out"
done
mistake 2 'verdicts: .*lies in the folder that solutions names' judge data data/out.jsonl
mistake 2 'verdicts: data is a folder; name a file' judge in.jsonl data
mistake 2 'verdicts: mine.parquet is a folder; name a file' judge in.jsonl mine.parquet
mistake 2 'verdicts: new/ is a folder; name a file' judge in.jsonl new/
mistake 2 'verdicts: cannot write to' judge in.jsonl in.jsonl/out.jsonl
mistake 2 'verdicts: cannot write to' judge in.jsonl /proc/out.jsonl
mistake 2 'solutions: there is no file no.jsonl' judge no.jsonl out.jsonl
mistake 2 'solutions: there is no file no\*.jsonl' judge 'no*.jsonl' out.jsonl
mistake 2 'solutions: folder empty has no file to read' judge empty out.jsonl
mistake 2 'solutions: empty.jsonl has no row' judge empty.jsonl out.jsonl
mistake 2 'solutions: cannot read .*bad.jsonl.gz' judge bad.jsonl.gz out.jsonl
mistake 2 'bad.parquet is no Parquet file' judge bad.parquet out.jsonl
mistake 2 'binary.jsonl:1: ' judge binary.jsonl out.jsonl
mistake 2 'problems: .*no.jsonl' "$submit" LoadProblems problems=no.jsonl name=mine warehouse=new

echo "stops"
begin "$submit" Pipeline --config conf/toy.yaml warehouse=wh
until_said 'stage 1/'
stopped INT 130 'Pipeline: stopped; nothing was saved; give the same command to begin again'
begin "$submit" Pipeline --config conf/toy.yaml warehouse=wh
until_said 'stage 3/'
stopped TERM 143 'Pipeline: stopped; saved tables .*atoms.*; give the same command to go on'
says 'already done' "$submit" Pipeline --config conf/toy.yaml warehouse=wh
train=("$submit" TrainSft run_id=long warehouse=wh model.hidden_size=32 model.num_hidden_layers=2 model.num_attention_heads=2
  model.num_key_value_heads=1 model.intermediate_size=64 train_batch_size=16 save_steps=2 eval_steps=100 max_steps=4000)
begin "${train[@]}"
first=$started first_number=$number
until_said 'sft step [0-9]*[2-9]/'
sleep 10 # for a checkpoint or two
mistake_ignoring_first() { # the first one writes files meanwhile
  local err
  number=$((number + 1))
  err=$said/$number.err
  "$@" >"$said/$number.out" 2>"$err" </dev/null
  [ $? -eq 2 ] || fail "$* did not end with 2"
  words "$err" | tail -n 1 | grep -q 'run_id: another job is training run long' || fail "$*: $err"
  if grep -qE '^\s+at ' "$err"; then fail "$* left a trace: $err"; fi
}
mistake_ignoring_first "${train[@]}"
mistake_ignoring_first "${train[@]}" resume_from_checkpoint=false
started=$first number=$first_number
kill -0 "$started" 2>/dev/null || fail "the first of two runs ended: $said/$number.err"
stopped TERM 143 'TrainSft: stopped; saved up to step [0-9]+ of run long; give the same command to go on'
number=$((number + 10))
mistake 2 'run long cannot go on: .*max_steps was 4000, is 5000' "${train[@]}" max_steps=5000
begin "${train[@]}"
until_said 'sft step'
stopped INT 130 'TrainSft: stopped; saved up to step [0-9]+ of run long; give the same command to go on'
for i in $(seq 40); do # each another program: equal ones run once
  echo '{"code": "import time\ndef f(x):\n  time.sleep(2)\n  return x + '"$i - $i"'", "entry_point": "f", "calls": [{"args": [1], "expected": 1}]}'
done >slow.jsonl
begin "$submit" JudgeSolutions solutions=slow.jsonl verdicts=slow-out.jsonl warehouse=wh sandbox.time_limit_seconds=5
until_said '\(command line\)'
sleep 8
stopped TERM 143 'JudgeSolutions: stopped; nothing was saved'
[ ! -e slow-out.jsonl ] || fail "a stopped JudgeSolutions left half a file"

echo "two at once"
number=$((number + 1))
"$submit" LoadAtoms warehouse=both >"$said/both-1.out" 2>"$said/both-1.err" </dev/null &
one=$!
"$submit" LoadAtoms warehouse=both >"$said/both-2.out" 2>"$said/both-2.err" </dev/null &
two=$!
wait "$one"
a=$?
wait "$two"
b=$?
[[ $a$b =~ ^(00|01|10)$ ]] || fail "two writers of one table ended with $a and $b"
if grep -qE '^\s+at ' "$said"/both-?.err; then fail "two writers left a trace: $said/both-1.err or 2"; fi
says '' "$submit" Query "SELECT assert_true(count(*) = 400) FROM atoms" warehouse=both

echo "questions"
query() {
  "$submit" Query "$1" warehouse=wh
}
mistake 2 'sql: \[DIVIDE_BY_ZERO\]' query "SELECT 1/0"
mistake 2 'sql: \[CAST_INVALID_INPUT\]' query "SELECT CAST(family AS INT) FROM problems"
mistake 2 'sql: \[PARSE_SYNTAX_ERROR\]' query "SELEC 1"
mistake 2 'sql: \[UNRESOLVED_COLUMN' query "SELECT famly FROM problems"
mistake 2 'no table or view problms; did you mean problems\?' query "SELECT * FROM problms"
mistake 2 'read-only: reflect calls methods of the JVM' query "SELECT reflect('java.lang.System', 'getProperty', 'user.home')"
mistake 2 'read-only: TRANSFORM runs a program' query "SELECT TRANSFORM(1) USING 'id' AS x"
mistake 2 'read-only: .*/etc/passwd is a file or folder' query "SELECT * FROM text.\`/etc/passwd\`"
mistake 2 'read-only' query "RESTORE TABLE problems TO VERSION AS OF 0"
mistake 2 'sql: give a statement' query ""
says 'the first 3 rows and there are more; limit=N' "$submit" Query "SELECT * FROM problems" limit=3 warehouse=wh
says '' query "-- how many
EXPLAIN SELECT count(*) FROM problems"
mistake 2 'families: table problems has none of composit_a; did you mean composite_a\?' \
  "$submit" Export 'families=[composit_a]' output=out.jsonl warehouse=wh
mistake 2 'output: data is a folder|output must be' "$submit" Export output=data warehouse=wh
mistake 2 'output: .*lies in the folder of table problems' "$submit" Export output=wh/problems/x.jsonl warehouse=wh
mistake 2 "model_name_or_path: no checkpoint, run or folder named 'sftt'; did you mean sft\?" "${train[@]}" run_id=new model_name_or_path=sftt
mistake 2 'release: ' "$submit" Query "SELECT 1 FROM problems" release=v9 warehouse=wh
says 'problems of the test split are in the file' "$submit" Export format=messages output=problems.jsonl warehouse=wh

if [ "$failures" -gt 0 ]; then
  echo "FAIL: $failures checks of $number commands; $said has what they said"
  exit 1
fi
echo "PASS: $number commands"
