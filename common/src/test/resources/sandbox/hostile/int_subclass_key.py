# outcome: RUNTIME_ERROR
# weakest: PROCESS
class I(int): pass
def f(x): return {I(1): 2}
