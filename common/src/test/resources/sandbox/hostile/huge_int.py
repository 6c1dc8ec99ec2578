# outcome: OUTPUT_LIMIT
# weakest: PROCESS
def f(x): return 1 << 10**7
