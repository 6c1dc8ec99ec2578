# outcome: PASSED
# calls: [2]
# expected: 0
# weakest: PROCESS
import os
def f(x): return len(os.read(0, 100))
