# outcome: RUNTIME_ERROR
# weakest: PROCESS
async def f(x): return x * x
