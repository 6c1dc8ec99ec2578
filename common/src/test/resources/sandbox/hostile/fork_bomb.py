# outcome: FORBIDDEN
import os
def f(x):
    while True: os.fork()
