# outcome: PASSED
# calls: [2]
# expected: [-1,-1,-1]
import ctypes, os
def f(x):
    libc = ctypes.CDLL(None)
    return [libc.shmget(1, 1 << 20, 0o1666), libc.semget(1, 1, 0o1666), libc.msgget(1, 0o1666)]
