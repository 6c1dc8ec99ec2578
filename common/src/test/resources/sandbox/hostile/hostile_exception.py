# outcome: RUNTIME_ERROR
# weakest: PROCESS
class Odd(Exception):
    def __str__(self): raise SystemExit(0)
    __repr__ = __str__
    args = property(__str__)
    __traceback__ = property(__str__)
def f(x): raise Odd()
