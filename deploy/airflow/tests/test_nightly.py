"""DAGs as `airflow dags test` runs them: the nightly one on the toy pipeline, and one whose jobs fail. Run by .ci/platforms, which says
where Airflow keeps its database and which folder the warehouses go to."""

import json
import os
import sqlite3
import subprocess
import sys
import unittest
from pathlib import Path

from atomforge_airflow import stages

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ["PLATFORMS_FOLDER"])
STAGES = stages(str(ROOT), ["conf/toy.yaml", "conf/nightly.yaml"])

FAILING = '''
from datetime import timedelta

from airflow.sdk import DAG
from atomforge_airflow import AtomforgeOperator

with DAG("failing", schedule=None, default_args={"retries": 2, "retry_delay": timedelta(seconds=1)}):
    for job in ("FailsOnce", "Mistaken"):
        AtomforgeOperator(task_id=job, job=job, home="HOME")
'''

LAUNCHER = """#!/usr/bin/env bash
echo "$1" >>calls
[ "$1" = Mistaken ] && { echo "Mistaken: sed: unknown key" >&2; exit 2; }
[ -f tried ] && { echo '{"tries": 2}'; exit 0; }
touch tried
echo "FailsOnce failed: a node was lost" >&2
exit 1
"""


def test_dag(dags: Path, dag: str, **conf) -> dict[str, tuple[str, int, object]]:
    """Runs a DAG for one night. Its tasks with state, number of tries and XCom."""
    env = {**os.environ, "AIRFLOW__CORE__DAGS_FOLDER": str(dags), "ATOMFORGE_HOME": str(ROOT), "ATOMFORGE_MASTER": "local[2]"}
    command = [str(Path(sys.executable).with_name("airflow")), "dags", "test", dag, "2026-03-01", "-c", json.dumps(conf)]
    with open(FOLDER / f"{dag}.log", "a") as log:
        subprocess.run(command, env=env, stdout=log, stderr=subprocess.STDOUT, check=False)
    with sqlite3.connect(Path(os.environ["AIRFLOW_HOME"]) / "airflow.db") as database:
        tasks = database.execute("SELECT task_id, state, try_number FROM task_instance WHERE dag_id = ?", [dag]).fetchall()
        values = dict(
            database.execute("SELECT task_id, value FROM xcom WHERE dag_id = ? AND key = 'return_value'", [dag]).fetchall()
        )
    return {task: (state, tries, json.loads(values[task]) if task in values else None) for task, state, tries in tasks}


def nightly(**overrides) -> list[tuple[str, int, object]]:
    found = test_dag(
        ROOT / "deploy/airflow/dags", "atomforge_nightly", size="toy", warehouse=str(FOLDER / "nights"), overrides=overrides
    )
    return [found.pop(f"pipeline.{stage}") for stage in STAGES] + sorted(found.values())


class NightlyTest(unittest.TestCase):
    maxDiff = None

    def test_a_night_runs_once_then_every_stage_is_done_and_a_mistake_ends_it(self):
        night = nightly()
        self.assertEqual([(state, tries) for state, tries, _ in night], [("success", 1)] * len(STAGES))
        said = dict(zip(STAGES, [value for _, _, value in night], strict=True))
        self.assertEqual(said["synthesize_problems"]["problems"]["atom"], 100)
        self.assertIn("SFT", said["write_report"]["answer"])
        self.assertEqual(said["release"]["release"], "nightly-20260301")
        self.assertTrue((FOLDER / "nights/20260301/_files/report/report.html").is_file())

        again = nightly()
        for stage, (state, tries, value) in zip(STAGES, again, strict=True):
            expected = said[stage] if stage == "write_report" else {"already_done": stage}
            self.assertEqual((state, tries, value), ("success", 1, expected))

        mistaken = nightly(**{"train_sft.max_stepz": 3})
        self.assertEqual(mistaken[0], ("failed", 1, None))
        self.assertEqual({state for state, _, _ in mistaken[1:]}, {"upstream_failed"})
        log = (FOLDER / "atomforge_nightly.log").read_text(errors="replace")
        self.assertIn("AirflowFailException: Pipeline: train_sft: train_sft: max_stepz: unknown key; did you mean max_steps?", log)

    def test_a_failure_is_retried_and_a_mistake_is_not(self):
        home = FOLDER / "failing"
        (home / "deploy").mkdir(parents=True)
        (home / "dags").mkdir()
        (home / "deploy/submit.sh").write_text(LAUNCHER)
        (home / "deploy/submit.sh").chmod(0o755)
        (home / "dags/failing.py").write_text(FAILING.replace("HOME", str(home)))
        found = test_dag(home / "dags", "failing")
        self.assertEqual(found, {"FailsOnce": ("success", 2, {"tries": 2}), "Mistaken": ("failed", 1, None)})
        self.assertEqual(sorted((home / "calls").read_text().split()), ["FailsOnce", "FailsOnce", "Mistaken"])


if __name__ == "__main__":
    unittest.main()
