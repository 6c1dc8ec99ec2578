# outcome: PASSED
# calls: [2]
# expected: [-1,-1]
import ctypes, os
def f(x):
    number, other = (56, 435) if os.uname().machine == "x86_64" else (220, 435)
    libc = ctypes.CDLL(None, use_errno=True)
    args = ctypes.create_string_buffer(88)
    results = [libc.syscall(number, 17, 0, 0, 0, 0), libc.syscall(other, args, 88)]
    if 0 in results: os._exit(0)
    return results
