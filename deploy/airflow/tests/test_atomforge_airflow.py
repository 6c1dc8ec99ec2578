"""The operator on scripts that stand for the launcher and for yarn. Run by .ci/platforms."""

import json
import os
import tempfile
import threading
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from airflow.providers.common.compat.sdk import DAG, AirflowException, AirflowFailException
from atomforge_airflow import AtomforgeOperator, pipeline, stages, tag

ROOT = Path(__file__).resolve().parents[3]
TI = SimpleNamespace(dag_id="nightly", run_id="manual", task_id="pipeline.train_sft", map_index=-1)


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/usr/bin/env bash\n" + text)
    path.chmod(0o755)


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


class OperatorTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)

    def operator(self, text, **arguments):
        script(self.home / "deploy/submit.sh", text)
        return AtomforgeOperator(task_id="job", job="TrainSft", home=str(self.home), **arguments)

    def test_the_summary_is_the_last_line_of_the_output(self):
        job = self.operator('echo answer; echo progress >&2; echo \'{"step": 6}\'; echo stopping >&2')
        self.assertEqual(job.execute({"ti": TI}), {"step": 6})
        self.assertIsNone(self.operator("echo no summary").execute({"ti": TI}))

    def test_settings_are_words_and_overrides_win(self):
        job = self.operator(
            'printf "%s\\n" "$PWD" "$@" >words; echo {}',
            config=["conf/toy.yaml"],
            keys={"warehouse": "/data/a b", "max_steps": 6, "sandbox": {"workers": 1}},
            overrides='{"max_steps": 7, "prompt_families": ["atom"]}',
            master="local[2]",
        )
        job.execute({"ti": TI})
        self.assertEqual(
            (self.home / "words").read_text().splitlines(),
            [str(self.home), "TrainSft", "--json", "--master", "local[2]", "--config", "conf/toy.yaml"]
            + ["warehouse=/data/a b", "max_steps=7", 'sandbox={"workers": 1}', 'prompt_families=["atom"]'],
        )

    def test_a_mistake_fails_at_once_with_its_line(self):
        job = self.operator('echo "TrainSft: max_stepz: unknown key" >&2; echo stopping >&2; exit 2')
        with self.assertRaisesRegex(AirflowFailException, "^TrainSft: max_stepz: unknown key$"):
            job.execute({"ti": TI})

    def test_a_failure_may_be_retried(self):
        with self.assertRaisesRegex(AirflowException, "^exit status 1: TrainSft failed: no space left$") as failed:
            self.operator('echo "TrainSft failed: no space left" >&2; exit 1').execute({"ti": TI})
        self.assertNotIsInstance(failed.exception, AirflowFailException)
        with self.assertRaisesRegex(AirflowException, "^exit status 127: the job said nothing$"):
            self.operator("exit 127").execute({"ti": TI})

    def test_in_cluster_mode_the_file_says_how_the_job_ended(self):
        file = self.home / "outcome.json"

        def ended(status, reason, said):
            return "echo '" + json.dumps({"job": "TrainSft", "status": status, "reason": reason, "summary": said}) + "'"

        done = self.operator(f"{ended(0, '', {'step': 6})} >{file}", keys={"summary": str(file)})
        self.assertEqual(done.execute({"ti": TI}), {"step": 6})
        wrong = self.operator(f"{ended(2, 'TrainSft: wrong', None)} >{file}; exit 1", keys={"summary": f"file://{file}"})
        with self.assertRaisesRegex(AirflowFailException, "^TrainSft: wrong$"):
            wrong.execute({"ti": TI})
        script(self.home / "bin/hadoop", f'[ "$*" = "fs -cat hdfs://h/outcome.json" ] && {ended(1, "TrainSft failed: full", None)}')
        with mock.patch.dict(os.environ, {"PATH": f"{self.home}/bin:{os.environ['PATH']}"}):
            with self.assertRaisesRegex(AirflowException, "^exit status 1: TrainSft failed: full$"):
                self.operator("exit 1", keys={"summary": "hdfs://h/outcome.json"}).execute({"ti": TI})
        file.unlink()
        with self.assertRaisesRegex(AirflowException, "^exit status 1: the job said nothing$"):
            self.operator("exit 1", keys={"summary": str(file)}).execute({"ti": TI})

    def kill(self, trap, **arguments):
        """Runs a job that writes its process and that of a child, stops its task, and says what came of it."""
        text = "sleep 600 & echo $SPARK_SUBMIT_ARGS >arguments; echo $$ $! >pids.part; mv pids.part pids; while :; do sleep 0.1; done"
        job = self.operator(f"{trap}\n{text}", **arguments)
        outcome = []

        def run():
            try:
                job.execute({"ti": TI})
            except AirflowException as e:
                outcome.append(str(e))

        task = threading.Thread(target=run)
        task.start()
        wait_for((self.home / "pids").exists)
        pids = [int(pid) for pid in (self.home / "pids").read_text().split()]
        self.assertTrue(all(map(alive, pids)))
        job.on_kill()
        task.join(20)
        self.assertFalse(task.is_alive())
        wait_for(lambda: not any(map(alive, pids)))
        return outcome

    def test_on_kill_lets_a_job_save_and_ends_all_it_started(self):
        said = self.kill('trap \'echo "TrainSft: stopped; saved up to step 3" >&2; exit 143\' TERM')
        self.assertEqual(said, ["exit status 143: TrainSft: stopped; saved up to step 3"])

    def test_on_kill_kills_a_job_that_does_not_end(self):
        self.assertEqual(self.kill("trap '' TERM", patience=1)[0][:14], "exit status -9")

    def test_on_yarn_the_application_ends_with_its_task(self):
        script(
            self.home / "bin/yarn",
            f'echo "$@" >>{self.home}/yarn\n'
            'case $2 in -list) echo "Total number of applications: 1"; echo "  application_17_0003  atomforge TrainSft";; esac',
        )
        with mock.patch.dict(os.environ, {"PATH": f"{self.home}/bin:{os.environ['PATH']}", "SPARK_SUBMIT_ARGS": "--queue q"}):
            self.kill("", master="yarn")
        self.assertEqual((self.home / "arguments").read_text(), f"--queue q --conf spark.yarn.tags={tag(TI)}\n")
        calls = (self.home / "yarn").read_text().splitlines()
        listing = f"application -list -appTags {tag(TI)} -appStates NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING"
        self.assertEqual(calls, [listing, "application -kill application_17_0003"] * 2)


class PipelineTest(unittest.TestCase):
    def test_the_group_has_a_task_per_stage_in_order(self):
        self.assertEqual(stages(str(ROOT), ["conf/toy.yaml"])[-2:], ["evaluate_after_rl", "write_report"])
        names = stages(str(ROOT), ["conf/toy.yaml", "conf/nightly.yaml"])
        self.assertEqual(names, [*stages(str(ROOT), []), "release"])
        with DAG("nightly", schedule=None) as dag:
            pipeline(home=str(ROOT), config=["conf/toy.yaml", "conf/nightly.yaml"], keys={"seed": 5}, retries=3)
        tasks = [dag.get_task(f"pipeline.{name}") for name in names]
        for before, task in zip([None, *tasks], tasks, strict=False):
            self.assertEqual(task.upstream_task_ids, {before.task_id} if before else set())
            self.assertEqual(task.retries, 3)
            self.assertIn("seed=5", task.command())
            self.assertIn(f"stage={task.task_id.removeprefix('pipeline.')}", task.command())

    def test_a_stage_without_a_name_has_the_key_of_its_job(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "mine.yaml").write_text("stages: [{job: TrainSft}, {name: mine, job: TrainRl}]")
            self.assertEqual(stages(folder, ["mine.yaml"]), ["train_sft", "mine"])


if __name__ == "__main__":
    unittest.main()
