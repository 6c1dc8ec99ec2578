# outcome: PASSED
# weakest: PROCESS
# expected: 0.3 | 0.3333333333333
def f(x): return 0.1 + 0.2 if x == 2 else 1 / 3
