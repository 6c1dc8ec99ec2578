"""Opens a warehouse for a notebook: its tables and views become known to spark.sql by their bare names."""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Of the evaluations of a pipeline, in pictures.
COLOURS = {"before_sft": "#9a9a9a", "after_sft": "#3b6fb6", "after_rl": "#d9822b"}


def open_warehouse(spark=None, warehouse=None):
    """Returns the session.

    spark: the session of a cluster or of Databricks, with the program's jar; None for one on this machine, which finds
        jar and Delta where deploy/submit.sh built them.
    warehouse: a folder of any Hadoop file system or catalog:NAME.SCHEMA; None for ATOMFORGE_WAREHOUSE, or the folder
        warehouse of the repository.
    """
    spark = spark or local_session()
    place = warehouse or os.environ.get("ATOMFORGE_WAREHOUSE", str(ROOT / "warehouse"))
    spark._jvm.io.atomforge.tables.SqlScope.open(spark._jsparkSession, place)
    return spark


def local_session():
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.appName("atomforge notebook")
        .config("spark.driver.extraClassPath", class_path())
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.sql.warehouse.dir", tempfile.mkdtemp())
        .config("spark.databricks.delta.snapshotPartitions", 2)  # as the jobs have it
        .config("spark.ui.enabled", False)
        .config("spark.ui.showConsoleProgress", False)
        .getOrCreate()
    )


def class_path():
    given = os.environ.get("ATOMFORGE_CLASSPATH")
    if given:
        return given
    built = ROOT / "jobs/target/classpath.txt"
    if not built.exists():
        raise SystemExit(f"{built} does not exist; deploy/submit.sh Doctor builds the program")
    delta = [jar for jar in built.read_text().strip().split(":") if "/io/delta/" in jar]
    return ":".join([str(ROOT / "jobs/target/atomforge.jar"), *delta])


def columns(frame):
    """The rows of a small data frame, as a dict of lists by the name of the column."""
    rows = frame.collect()
    return {name: [row[i] for row in rows] for i, name in enumerate(frame.columns)}


class TextGenerator:
    """Completes the prompts of a data frame: io.atomforge.spark.TextGenerator, whose set methods it has."""

    def __init__(self, spark):
        self._generator = spark._jvm.io.atomforge.spark.TextGenerator()

    def __getattr__(self, name):
        if not name.startswith("set"):
            raise AttributeError(name)

        def set_value(value):
            getattr(self._generator, name)(value)
            return self

        return set_value

    def transform(self, rows):
        """The rows with a column of completions; lazy, so close() comes after the last action."""
        from pyspark.sql import DataFrame

        return DataFrame(self._generator.transform(rows._jdf), rows.sparkSession)

    def close(self):
        self._generator.close()
