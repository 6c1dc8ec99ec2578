"""Executes the code cells of notebooks from top to bottom, each notebook as one program: run_notebooks.py NOTEBOOK ..."""

import json
import os
import sys

os.environ.setdefault("MPLBACKEND", "agg")  # draws without a screen
for path in sys.argv[1:]:
    folder = os.path.dirname(os.path.abspath(path))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    with open(path, encoding="utf-8") as file:
        cells = [c for c in json.load(file)["cells"] if c["cell_type"] == "code"]
    scope = {}
    for number, cell in enumerate(cells, 1):
        try:
            exec(compile("".join(cell["source"]), f"{path}, code cell {number}", "exec"), scope)
        except Exception as error:
            sys.exit(f"{path}, code cell {number}: {error}")
    print(path, len(cells), "cells ok")
