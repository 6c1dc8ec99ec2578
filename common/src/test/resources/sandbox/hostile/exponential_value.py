# outcome: OUTPUT_LIMIT
# weakest: PROCESS
def f(x):
    a = [1]
    for _ in range(60): a = [a, a]
    return a
