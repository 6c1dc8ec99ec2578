# outcome: WRONG_ANSWER
# expected: {"$float":"nan"} | {"$float":"nan"}
# weakest: PROCESS
def f(x): return float("nan")
