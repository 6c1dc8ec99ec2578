# outcome: COMPILE_ERROR
# weakest: PROCESS
def f(x:
    return
