# outcome: RUNTIME_ERROR | FORBIDDEN
import resource
def f(x):
    resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))
