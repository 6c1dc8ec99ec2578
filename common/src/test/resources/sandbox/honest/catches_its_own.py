# outcome: PASSED
def f(x):
    try: return [][x]
    except IndexError: return x * x
