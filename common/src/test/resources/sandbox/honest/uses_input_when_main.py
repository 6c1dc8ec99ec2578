# outcome: PASSED
# weakest: PROCESS
def f(x): return x * x
if __name__ == "__main__": f(int(input()))
