# outcome: FORBIDDEN | RUNTIME_ERROR
import os, signal
def f(x): os.kill(os.getppid() or 4194300, signal.SIGKILL)
