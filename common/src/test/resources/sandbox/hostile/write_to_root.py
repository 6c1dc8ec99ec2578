# outcome: FORBIDDEN
def f(x): open("/probe", "w")
