# outcome: RUNTIME_ERROR
# weakest: PROCESS
class Odd(OSError):
    errno = property(lambda self: 1 / 0)
def f(x): raise Odd()
