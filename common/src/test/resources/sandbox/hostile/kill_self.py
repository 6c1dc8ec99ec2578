# outcome: RUNTIME_ERROR | TIMEOUT | WRONG_ANSWER
# weakest: FILTER_ONLY
import os
def f(x): os.kill(os.getpid(), 9)
