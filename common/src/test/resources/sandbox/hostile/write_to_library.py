# outcome: FORBIDDEN | RUNTIME_ERROR
import os, json
def f(x): open(json.__file__, "a")
