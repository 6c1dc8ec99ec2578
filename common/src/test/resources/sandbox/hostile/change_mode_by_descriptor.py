# outcome: FORBIDDEN | RUNTIME_ERROR
import json, os
def f(x):
    file = os.open(json.__file__, os.O_RDONLY)
    os.fchmod(file, 0o777)
