# outcome: RUNTIME_ERROR
# weakest: PROCESS
def f(x): raise SystemExit(0)
