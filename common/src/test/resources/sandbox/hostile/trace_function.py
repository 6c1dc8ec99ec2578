# outcome: RUNTIME_ERROR
# weakest: PROCESS
import sys
def trace(frame, event, argument):
    raise SystemExit(0)
def f(x):
    frame = sys._getframe().f_back
    frame.f_trace = trace
    sys.settrace(trace)
    return 0
