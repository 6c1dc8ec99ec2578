# outcome: WRONG_ANSWER
# expected: 0 | 4
# weakest: PROCESS
import os
def f(x): return len(os.read(0, 100))
