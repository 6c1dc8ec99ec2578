# outcome: WRONG_ANSWER
# weakest: PROCESS
# expected: 1 | 0
def f(x): return x == 2
