# outcome: OUTPUT_LIMIT | FORBIDDEN
def f(x):
    for i in range(10**6): open(str(i), "w").close()
