# outcome: WRONG_ANSWER
# expected: -1 | 0
import ctypes
def f(x): return ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
