# outcome: PASSED
# weakest: PROCESS
import random
random.seed(1)
def f(x): return random.Random(x).randint(0, 0) + x * x
