# outcome: TIMEOUT | MEMORY_LIMIT
# weakest: PROCESS
def f(x): return len(str(9 ** 9 ** 8))
