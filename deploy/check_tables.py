"""Reads the tables of a warehouse with delta-rs and Polars, and compares with Spark: check_tables.py WAREHOUSE.

Needs deltalake and polars. For every table, the columns, the number of rows, the version and the number of distinct values of each column of
text must be those that Query reports; exits 1 at the first table where they are not.
"""

import json
import subprocess
import sys
from pathlib import Path

import polars
from deltalake import DeltaTable

SUBMIT = Path(__file__).resolve().parent / "submit.sh"


def spark(warehouse, statement):
    """The rows of Query's answer."""
    command = [str(SUBMIT), "Query", statement, f"warehouse={warehouse}", "--format", "json", "limit=1000"]
    return [json.loads(line) for line in subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()]


def texts(frame):
    """The columns of text, whose distinct values can be counted alike everywhere."""
    return [name for name, kind in frame.collect_schema().items() if kind == polars.String]


warehouse = Path(sys.argv[1])
tables = sorted(log.parent.name for log in warehouse.glob("*/_delta_log"))
assert tables, f"no tables in {warehouse}"
frames = {table: polars.scan_delta(str(warehouse / table)) for table in tables}
facts = " UNION ALL ".join(
    f"SELECT '{table}' AS name, count(*) AS rows, array({', '.join(f'count(DISTINCT `{c}`)' for c in texts(frame))}) AS distinct, "
    f"(SELECT max(version) FROM commits WHERE table_name = '{table}') AS version FROM {table}"
    for table, frame in frames.items()
)
for row in spark(warehouse, facts):
    table, frame = row["name"], frames[row["name"]]
    there = DeltaTable(str(warehouse / table))
    assert there.count() == row["rows"], (table, there.count(), row["rows"])
    assert there.version() >= row["version"], (table, there.version(), row["version"])
    assert [field.name for field in there.schema().fields] == frame.collect_schema().names(), table
    seen = frame.select(polars.len().alias("rows"), *(polars.col(c).drop_nulls().n_unique() for c in texts(frame))).collect().row(0)
    assert seen == (row["rows"], *row["distinct"]), (table, seen, row)
    print(f"{table}: {row['rows']} rows, version {there.version()}")
print("PASS")
