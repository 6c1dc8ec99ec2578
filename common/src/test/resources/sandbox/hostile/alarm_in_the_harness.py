# outcome: RUNTIME_ERROR | WRONG_ANSWER
# weakest: PROCESS
import signal
def ring(*_): raise SystemExit(0)
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
def f(x):
    return list(range(5000))
