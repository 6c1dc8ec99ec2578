# outcome: PASSED
# calls: [2]
# expected: [-1,-1,-1,-1,-1]
import ctypes
def f(x):
    libc = ctypes.CDLL(None)
    return [libc.unshare(0x10000000), libc.mount(b"none", b"/", b"tmpfs", 0, None), libc.setns(0, 0), libc.chroot(b"/"), libc.sethostname(b"x", 1)]
