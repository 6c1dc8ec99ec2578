# outcome: PASSED
# calls: [2]
# expected: [-1,-1,-1,-1,-1]
import ctypes, os
def f(x):
    libc = ctypes.CDLL(None)
    local = (ctypes.c_size_t * 2)()
    return [libc.ptrace(16, os.getppid(), 0, 0), libc.process_vm_readv(os.getppid(), local, 1, local, 1, 0), libc.kill(os.getppid() or 2, 9), libc.kill(-1, 9), libc.kill(0, 9)]
