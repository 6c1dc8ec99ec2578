# outcome: RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT
# weakest: PROCESS
def f(x): return x
f.__code__ = f.__code__.replace(co_code=bytes([255, 255] * 8), co_stacksize=0)
