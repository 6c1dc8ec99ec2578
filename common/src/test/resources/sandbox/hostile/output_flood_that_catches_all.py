# outcome: OUTPUT_LIMIT
# weakest: PROCESS
import os
def f(x):
    for _ in range(10**5):
        try: os.write(1, b"x" * 1000)
        except OSError: pass
    return x * x
