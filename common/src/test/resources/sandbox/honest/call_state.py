# outcome: PASSED
# weakest: PROCESS
# expected: 1 | 2
seen = []
def f(x):
    seen.append(x)
    return len(seen)
