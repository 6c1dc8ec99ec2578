# outcome: PASSED
# weakest: PROCESS
def f(x):
    return x * x
