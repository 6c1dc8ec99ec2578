# outcome: FORBIDDEN | RUNTIME_ERROR
import ctypes, os
def f(x):
    if os.uname().machine != "x86_64": raise PermissionError(1, "refused")
    return ctypes.CDLL(None).syscall(0x40000000 | 57)
