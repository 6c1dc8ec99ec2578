# outcome: PASSED
# weakest: PROCESS
def f(x):
    try: return [][x]
    except IndexError: return x * x
