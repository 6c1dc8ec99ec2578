# outcome: RUNTIME_ERROR
# weakest: PROCESS
import ctypes
def f(x):
    ctypes.memset(ctypes.addressof(ctypes.c_int(0)) - (1 << 20), 255, 1 << 28)
