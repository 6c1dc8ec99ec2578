# outcome: PASSED
def f(x):
    return x * x
