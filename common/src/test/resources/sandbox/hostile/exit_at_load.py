# outcome: RUNTIME_ERROR
# weakest: PROCESS
import sys
sys.exit(0)
def f(x): return 4
