# outcome: PASSED
# weakest: PROCESS
def f(x, *, y=1): return x * x * y
