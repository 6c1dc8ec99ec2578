# outcome: RUNTIME_ERROR
# weakest: PROCESS
import os
def f(x):
    for fd in range(3, 64):
        try:
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, 0)
            os.write(fd, b'["SANDBOX_ERROR",0,"unlucky"]\n')
        except OSError: pass
    os._exit(1)
