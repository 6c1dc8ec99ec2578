#!/usr/bin/env bash
# Runs a benchmark or a trial: deploy/bench.sh NAME [--master M] [words ...]. Alone it lists them. BENCHMARKS.md has the
# commands behind its figures. Benchmarks are compiled with the tests and are not part of the product's jar.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
names='train        io.atomforge.jobs.TrainBenchmark
rl           io.atomforge.jobs.RlBenchmark
memory       io.atomforge.jobs.MemoryBenchmark
judge        io.atomforge.jobs.JudgeBenchmark
duplicates   io.atomforge.jobs.DeduplicationBenchmark
model        io.atomforge.model.ModelBenchmark
products     io.atomforge.model.ProductBenchmark
synthesis    io.atomforge.synthesis.SynthesisBenchmark
sandbox      io.atomforge.sandbox.SandboxBenchmark
soak         io.atomforge.sandbox.SandboxSoak
kills        io.atomforge.sandbox.SandboxKills
fidelity     io.atomforge.sandbox.SandboxFidelity
fuzz         io.atomforge.jobs.Fuzz'
if [ $# -eq 0 ]; then
  echo "$names"
  exit 0
fi
class=$(awk -v name="$1" '$1 == name { print $2 }' <<<"$names")
if [ -z "$class" ]; then
  echo "unknown benchmark '$1'; deploy/bench.sh alone lists them" >&2
  exit 2
fi
shift
export ATOMFORGE_BENCH=$root/jobs/target/test-classes
exec "$root/deploy/submit.sh" "$class" "$@"
