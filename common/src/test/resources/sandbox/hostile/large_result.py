# outcome: OUTPUT_LIMIT
# weakest: PROCESS
def f(x): return "x" * 10**6
