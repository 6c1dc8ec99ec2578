# outcome: RUNTIME_ERROR
# weakest: PROCESS
import os
def f(x):
    os.closerange(0, 64)
    return x * x
