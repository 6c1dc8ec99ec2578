# outcome: RUNTIME_ERROR | FORBIDDEN
# weakest: NO_NAMESPACES
import os
def f(x): return os.listdir("/proc")
