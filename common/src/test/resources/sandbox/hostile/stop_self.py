# outcome: RUNTIME_ERROR | TIMEOUT | WRONG_ANSWER
import os, signal
def f(x): os.kill(os.getpid(), signal.SIGSTOP)
