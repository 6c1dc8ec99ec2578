# outcome: RUNTIME_ERROR
# weakest: PROCESS
def f(x):
    a = []
    a.append(a)
    return a
