# outcome: PASSED
# weakest: PROCESS
import sys
print("loading")
def f(x):
    print("x" * 100, file=sys.stderr)
    print(x)
    return x * x
