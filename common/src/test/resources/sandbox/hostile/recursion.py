# outcome: RUNTIME_ERROR
# weakest: PROCESS
def f(x): return f(x)
