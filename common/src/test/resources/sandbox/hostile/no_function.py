# outcome: RUNTIME_ERROR
# weakest: PROCESS
def g(x): return x * x
