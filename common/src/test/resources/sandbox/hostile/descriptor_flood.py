# outcome: RUNTIME_ERROR
# weakest: PROCESS
import os
def f(x):
    while True: os.pipe()
