# outcome: PASSED
# calls: [2]
# expected: -1
import ctypes
def f(x): return ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
