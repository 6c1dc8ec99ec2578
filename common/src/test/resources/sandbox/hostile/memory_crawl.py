# outcome: MEMORY_LIMIT
# weakest: PROCESS
def f(x):
    a = []
    while True: a.append(bytes(1 << 20))
