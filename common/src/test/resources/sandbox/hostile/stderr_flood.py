# outcome: OUTPUT_LIMIT
# weakest: PROCESS
import sys
def f(x):
    for _ in range(10**4): sys.stderr.write("x" * 100)
    return x * x
