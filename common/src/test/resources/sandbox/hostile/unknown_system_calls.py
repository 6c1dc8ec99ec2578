# System calls newer than the filter must not be a way around it.
# outcome: PASSED
# calls: [2]
# expected: [-1,38]
import ctypes
def f(x):
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(463, -100, b"/tmp", 0, b"user.a", 0, 0), ctypes.get_errno()]
