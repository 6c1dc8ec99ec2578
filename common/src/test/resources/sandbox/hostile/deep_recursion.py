# outcome: RUNTIME_ERROR | MEMORY_LIMIT | TIMEOUT
# weakest: PROCESS
import sys
sys.setrecursionlimit(10**9)
class A:
    def __getattr__(self, n): return getattr(self, n + "x")
def f(x): return A().a
