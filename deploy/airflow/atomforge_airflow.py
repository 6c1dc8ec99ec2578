"""Atomforge on Airflow 3: an operator that runs a job by deploy/submit.sh, and a group with one task per stage of a pipeline.

The exit status of a job decides what becomes of its task. With 0 the task has succeeded, and the job's summary is its XCom. With 2 a setting
or a file is wrong, which no retry mends: the task fails at once. With any other status the task fails and is retried as its retries say.
In YARN's cluster mode the driver runs elsewhere; there the setting summary=FILE tells how the job ended.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException, BaseOperator, TaskGroup, chain

MISTAKE = 2
KILL_LATER = 'for i in $(seq "$2"); do kill -0 -- "-$1" || exit 0; sleep 1; done; kill -KILL -- "-$1"'


class AtomforgeOperator(BaseOperator):
    """Runs one job. The summary of the job, a dict, is the XCom of the task.

    :param job: a job that deploy/submit.sh lists, such as Pipeline
    :param home: the folder of Atomforge on the worker; relative paths begin there
    :param config: files that are given with --config, the last one winning
    :param keys: settings, such as {"warehouse": "/data/atomforge/{{ ds_nodash }}"}
    :param overrides: further settings that win over keys: a dict, or JSON such as "{{ params.overrides | tojson }}"
    :param master: the Spark master; None for the launcher's default
    :param env: environment variables beside those of the worker, such as SPARK_HOME and SPARK_SUBMIT_ARGS
    :param patience: seconds that a job has to end when its task is stopped, before it is killed
    """

    template_fields: Sequence[str] = ("job", "home", "config", "keys", "overrides", "master", "env")
    template_fields_renderers = {"keys": "json", "overrides": "json", "env": "json"}
    ui_color = "#f0e4d0"

    def __init__(
        self,
        *,
        job: str,
        home: str,
        config: Sequence[str] = (),
        keys: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | str | None = None,
        master: str | None = None,
        env: Mapping[str, str] | None = None,
        patience: int = 60,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.home = home
        self.config = list(config)
        self.keys = dict(keys or {})
        self.overrides = overrides or {}
        self.master = master
        self.env = dict(env or {})
        self.patience = patience
        self._process: subprocess.Popen[str] | None = None
        self._tag = ""

    def command(self) -> list[str]:
        """The words of the command line, once the templates are rendered."""
        words = [str(Path(self.home) / "deploy" / "submit.sh"), self.job, "--json"]
        if self.master:
            words += ["--master", self.master]
        for file in self.config:
            words += ["--config", file]
        return words + [f"{key}={_text(value)}" for key, value in self.settings().items()]

    def settings(self) -> dict[str, Any]:
        """The keys, and the overrides that win over them."""
        overrides = json.loads(self.overrides) if isinstance(self.overrides, str) else self.overrides
        return {**self.keys, **overrides}

    def execute(self, context: Mapping[str, Any]) -> Any:
        env = {**os.environ, **self.env}
        if self._on_yarn():
            self._tag = tag(context["ti"])
            env["SPARK_SUBMIT_ARGS"] = f"{env.get('SPARK_SUBMIT_ARGS', '')} --conf spark.yarn.tags={self._tag}".strip()
            self._kill_applications()  # what an attempt left behind whose worker was lost
        words = self.command()
        self.log.info("%s", " ".join(words))
        with subprocess.Popen(
            words,
            cwd=self.home,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as self._process:
            try:
                reason = ["the job said nothing"]
                reader = threading.Thread(target=self._follow, args=(self._process.stderr, reason))
                reader.start()
                out = self._process.stdout.read()
                reader.join()
                status = self._process.wait()
            finally:
                if self._process.poll() is None:
                    self.on_kill()
        said, line = summary(out), reason[-1]
        file = self.settings().get("summary")
        if file and said is None and status in (0, 1):  # spark-submit's status, which is 1 for a mistake too
            ended = outcome(file)
            if ended:
                status, line, said = ended["status"], ended["reason"], ended["summary"]
        if status == MISTAKE:
            raise AirflowFailException(line)
        if status != 0:
            raise AirflowException(f"exit status {status}: {line}")
        return said

    def on_kill(self) -> None:
        """Ends the job and all that it started. The same command goes on from what was saved."""
        process = self._process
        if process is not None and process.poll() is None:
            self.log.info("stopping the process group %d", process.pid)
            os.killpg(process.pid, signal.SIGTERM)
            # Airflow kills the process of a stopped task after five seconds. A job may need longer to save what it has.
            subprocess.Popen(
                ["bash", "-c", KILL_LATER, "bash", str(process.pid), str(self.patience)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        if self._tag:
            self._kill_applications()

    def _follow(self, stream: Any, reason: list[str]) -> None:
        """Logs what a job says; its last line about itself is the reason for how it ended."""
        for line in stream:
            self.log.info("%s", line.rstrip())
            if line.startswith((f"{self.job}: ", f"{self.job} failed: ")):
                reason.append(line.strip())

    def _on_yarn(self) -> bool:
        return (self.master or "").startswith("yarn")

    def _kill_applications(self) -> None:
        """Ends the applications with the tag of this task. In cluster mode they outlive spark-submit."""
        yarn = shutil.which("yarn")
        if yarn is None:
            self.log.warning("no program yarn in PATH: an application in cluster mode would outlive its task")
            return
        states = "NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING"
        said = subprocess.run(
            [yarn, "application", "-list", "-appTags", self._tag, "-appStates", states],
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode != 0:
            self.log.warning("yarn does not list its applications: %s", said.stderr.strip())
        for application in re.findall(r"^\s*(application_\d+_\d+)\b", said.stdout, re.MULTILINE):
            self.log.info("ending %s", application)
            subprocess.run([yarn, "application", "-kill", application], check=False)


def pipeline(
    *,
    home: str,
    config: Sequence[str] = ("conf/quickstart.yaml",),
    group_id: str = "pipeline",
    keys: Mapping[str, Any] | None = None,
    **operator: Any,
) -> TaskGroup:
    """A group with one task per stage of a pipeline, one after the other.

    A task runs `deploy/submit.sh Pipeline stage=NAME`, so a stage whose result exists and whose inputs and settings did not change ends
    at once with {"already_done": NAME} as its XCom.

    :param home: the folder of Atomforge, on the workers and where the DAG is parsed
    :param config: files of the pipeline's settings, the last one winning; the stages are those of the last file that has any,
        else those of conf/pipeline.yaml
    :param operator: further arguments of every AtomforgeOperator, such as retries, overrides, master and env
    """
    with TaskGroup(group_id) as group:
        chain(
            *(
                AtomforgeOperator(
                    task_id=stage,
                    job="Pipeline",
                    home=home,
                    config=config,
                    keys={**(keys or {}), "stage": stage},
                    **operator,
                )
                for stage in stages(home, config)
            )
        )
    return group


def stages(home: str, config: Sequence[str]) -> list[str]:
    """The names of a pipeline's stages, in order."""
    for file in [*reversed(config), "conf/pipeline.yaml"]:
        found = (yaml.safe_load((Path(home) / file).read_text()) or {}).get("stages")
        if found:
            return [stage.get("name") or re.sub(r"(?<=[a-z])([A-Z])", r"_\1", stage["job"]).lower() for stage in found]
    raise ValueError("conf/pipeline.yaml names no stages")


def summary(out: str) -> Any:
    """The JSON object on the last line of a job's output; None where the job ran elsewhere and printed nothing here."""
    lines = out.strip().splitlines()
    return json.loads(lines[-1]) if lines and lines[-1].startswith("{") else None


def outcome(file: str) -> Any:
    """What a job left in its file summary=FILE; None where the job was killed before."""
    local = re.fullmatch(r"(?:file:(?://)?)?(/.*)", file)
    if local:
        path = Path(local[1])
        return json.loads(path.read_text()) if path.exists() else None
    hadoop = shutil.which("hadoop")
    if hadoop is None:
        raise AirflowException(f"no program hadoop in PATH, which reads summary={file}")
    said = subprocess.run([hadoop, "fs", "-cat", file], capture_output=True, text=True, check=False)
    return json.loads(said.stdout) if said.returncode == 0 else None


def tag(ti: Any) -> str:
    """The same for all attempts at one task of one run, and for no other."""
    of = f"{ti.dag_id} {ti.run_id} {ti.task_id} {ti.map_index}"
    return "atomforge-" + hashlib.sha256(of.encode()).hexdigest()[:24]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)

