"""The bundle against the models of databricks-bundles and, in a PySpark session, as a stand-in for a shared cluster: the tasks of its job run
one after the other in a session that they did not start. Run by .ci/platforms, which names the jars and a folder.

With BUNDLE_SCHEMA the bundle is validated against the schema that `databricks bundle schema` prints, too.
"""

import json
import os
import re
import unittest
from pathlib import Path

import yaml
from databricks.bundles.jobs import Job

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "deploy/databricks"
BUNDLE = yaml.safe_load((HERE / "databricks.yml").read_text())
RESOURCES = yaml.safe_load((HERE / "resources/nightly.yml").read_text())
JOB = RESOURCES["resources"]["jobs"]["nightly"]


def portable(schema):
    """Letters and digits in the way in which Python writes them."""
    if isinstance(schema, dict):
        return {key: portable(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [portable(value) for value in schema]
    if isinstance(schema, str):
        return schema.replace(r"[\p{L}\p{N}]", r"\w").replace(r"\p{L}", r"[^\W\d_]")
    return schema


class BundleTest(unittest.TestCase):
    def test_the_job_is_one_that_databricks_knows(self):
        job = Job.from_dict(JOB)
        cluster = job.job_clusters[0].new_cluster
        self.assertEqual(cluster.spark_env_vars["JNAME"], "zulu17-ca-amd64")
        self.assertEqual(cluster.data_security_mode.value, "SINGLE_USER")
        with self.assertRaisesRegex(ValueError, "Unexpected field 'max_retry'"):
            Job.from_dict({**JOB, "tasks": [{"task_key": "load_atoms", "max_retry": 1}]})

    @unittest.skipUnless("BUNDLE_SCHEMA" in os.environ, "BUNDLE_SCHEMA names no schema")
    def test_the_files_are_valid_by_the_schema(self):
        import jsonschema

        schema = portable(json.loads(Path(os.environ["BUNDLE_SCHEMA"]).read_text()))
        for file in (BUNDLE, RESOURCES):
            jsonschema.validate(file, schema)
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate({"resources": {"jobs": {"nightly": {**JOB, "max_runs": 1}}}}, schema)

    def test_the_tasks_are_the_stages_in_order(self):
        stages = [stage["name"] for stage in yaml.safe_load((ROOT / "conf/nightly.yaml").read_text())["stages"]]
        self.assertEqual([task["task_key"] for task in JOB["tasks"]], stages)
        for before, task in zip([None, *stages], JOB["tasks"], strict=False):
            self.assertEqual(task.get("depends_on", []), [{"task_key": before}] if before else [])
            self.assertEqual(task["spark_jar_task"]["parameters"][0], f"stage={task['task_key']}")

    def test_every_variable_is_declared_and_delta_stays_at_home(self):
        text = (HERE / "databricks.yml").read_text() + (HERE / "resources/nightly.yml").read_text()
        self.assertEqual(set(re.findall(r"\$\{var\.(\w+)}", text)), set(BUNDLE["variables"]))
        self.assertEqual(
            set(re.findall(r"\{\{job\.parameters\.(\w+)}}", text)), {parameter["name"] for parameter in JOB["parameters"]}
        )
        jars = {Path(jar["jar"]).name for task in JOB["tasks"] for jar in task["libraries"]}
        self.assertEqual(jars, {Path(jar).name for jar in os.environ["PLATFORMS_JARS"].split(",")})


class SharedSessionTest(unittest.TestCase):
    """Open-source Spark stands for the runtime, a Hive metastore for Unity Catalog, a folder for the volume."""

    @classmethod
    def setUpClass(cls):
        from pyspark.sql import SparkSession

        cls.folder = Path(os.environ["PLATFORMS_FOLDER"]) / "databricks"
        os.environ["DATABRICKS_RUNTIME_VERSION"] = "18.1"
        cls.spark = (
            SparkSession.builder.appName("a cluster of someone else")
            .master("local[2]")
            .config("spark.driver.memory", "2g")
            .config("spark.jars", os.environ["PLATFORMS_JARS"] + "," + os.environ["PLATFORMS_DELTA"])
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.catalogImplementation", "hive")
            .config("spark.sql.warehouse.dir", str(cls.folder / "tables"))
            .config("spark.hadoop.javax.jdo.option.ConnectionURL", f"jdbc:derby:{cls.folder}/metastore;create=true")
            .config("spark.sql.shuffle.partitions", "200")
            .config("spark.databricks.delta.snapshotPartitions", "2")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        cls.addClassCleanup(cls.spark.stop)

    def main(self, name, *words):
        gateway = self.spark.sparkContext._gateway
        array = gateway.new_array(gateway.jvm.java.lang.String, len(words))
        for i, word in enumerate(words):
            array[i] = word
        getattr(gateway.jvm.io.atomforge.jobs, name).main(array)

    def words(self, task):
        """The parameters of a task as the bundle and the job fill them in."""
        values = {f"${{var.{name}}}": str(variable["default"]) for name, variable in BUNDLE["variables"].items()}
        values |= {"${var.catalog}": "spark_catalog", "${var.size}": "toy", "{{job.parameters.override}}": "seed=5"}
        values |= {"{{job.parameters.release}}": "nightly-2026-03-01", "/Volumes/": f"{self.folder}/Volumes/"}
        words = []
        for word in task["spark_jar_task"]["parameters"]:
            for name, value in values.items():
                word = word.replace(name, value)
            self.assertNotRegex(word, r"[{}]")
            words.append(word)
        return words

    def settings(self):
        return {row.key: row.value for row in self.spark.sql("SET").collect()}

    def stages(self):
        return json.loads((self.folder / "Volumes/spark_catalog/atomforge/files/files/pipeline/stages.json").read_text())

    def test_jobs_are_guests_of_a_session(self):
        from py4j.protocol import Py4JJavaError

        self.spark.range(3).createOrReplaceTempView("problems")
        self.spark.sql("CREATE DATABASE hosts")
        self.spark.sql("USE hosts")
        before = self.settings()
        self.assertEqual(before["spark.sql.shuffle.partitions"], "200")
        for task in JOB["tasks"]:
            self.assertEqual(task["spark_jar_task"]["main_class_name"], "io.atomforge.jobs.Pipeline")
            self.main("Pipeline", *self.words(task))
        first = self.stages()
        self.assertEqual(set(first), {task["task_key"] for task in JOB["tasks"]})
        self.assertTrue(all("seconds" in mark for mark in first.values()))
        for task in JOB["tasks"]:
            self.main("Pipeline", *self.words(task))
        self.assertEqual({**self.stages(), "write_report": None}, {**first, "write_report": None})

        with self.assertRaises(Py4JJavaError) as mistake:
            self.main("Pipeline", *self.words(JOB["tasks"][0]), "train_sft.max_stepz=3")
        exception = mistake.exception.java_exception
        self.assertEqual(exception.getClass().getSimpleName(), "ConfigException")
        self.assertEqual(
            exception.getMessage(), "Pipeline: train_sft: train_sft: max_stepz: unknown key; did you mean max_steps?"
        )

        self.assertEqual(self.settings(), before)
        self.assertEqual(self.spark.catalog.currentDatabase(), "hosts")
        self.assertEqual(self.spark.table("problems").count(), 3)
        self.assertEqual(self.spark.table("atomforge.evaluations").select("run_id").distinct().count(), 3)
        self.assertEqual(self.spark.table("atomforge.releases").select("name").distinct().head().name, "nightly-2026-03-01")


if __name__ == "__main__":
    unittest.main()
