# outcome: FORBIDDEN | RUNTIME_ERROR
import ctypes, mmap, os
# int 0x80 enters the kernel with the numbers of 32-bit x86, where 2 is fork.
def f(x):
    if os.uname().machine != "x86_64": raise PermissionError(1, "refused")
    code = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(code)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
