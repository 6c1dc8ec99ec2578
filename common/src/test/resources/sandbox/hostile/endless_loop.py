# outcome: TIMEOUT
# weakest: PROCESS
def f(x):
    while True: pass
