# outcome: OUTPUT_LIMIT
# weakest: PROCESS
def f(x):
    while True: print("x" * 1000)
