# outcome: PASSED
# weakest: PROCESS
import tempfile
def f(x):
    try:
        with tempfile.TemporaryFile("w+") as file:
            file.write(str(x * x)); file.seek(0)
            return int(file.read())
    except OSError:  # no level but the namespaced ones has a place to write
        return x * x
