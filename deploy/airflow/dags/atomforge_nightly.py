"""Every night: problems, SFT, RL, evaluations, a report and a release of the tables, in a warehouse of that night.

The stages are those of conf/nightly.yaml. A backfill makes the warehouses of earlier nights. The settings may be changed for one run in the
form that triggers the DAG: overrides such as {"train_rl.max_steps": 40} win over the files.
"""

import os
from datetime import datetime, timedelta

from airflow.sdk import DAG, Param
from atomforge_airflow import pipeline

with DAG(
    "atomforge_nightly",
    description="Atoms to report, one task per stage",
    schedule="0 1 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    params={
        "size": Param("quickstart", enum=["quickstart", "toy"], description="which file of conf says how large the run is"),
        "warehouse": Param("/data/atomforge", type="string", description="folder of the nights' warehouses"),
        "overrides": Param({}, type="object", description="settings that win over the files"),
    },
    doc_md=__doc__,
):
    pipeline(
        home=os.environ["ATOMFORGE_HOME"],
        config=["conf/{{ params.size }}.yaml", "conf/nightly.yaml"],
        keys={"warehouse": "{{ params.warehouse }}/{{ ds_nodash }}", "release.name": "nightly-{{ ds_nodash }}"},
        overrides="{{ params.overrides | tojson }}",
        master=os.environ.get("ATOMFORGE_MASTER", "local[*]"),
    )
