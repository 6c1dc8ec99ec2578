# outcome: RUNTIME_ERROR
# weakest: PROCESS
def f(x): yield x * x
