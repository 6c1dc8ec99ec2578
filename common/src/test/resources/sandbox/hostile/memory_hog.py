# outcome: MEMORY_LIMIT
# weakest: PROCESS
def f(x): return [0] * 10**9
