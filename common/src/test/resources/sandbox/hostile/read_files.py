# outcome: RUNTIME_ERROR | FORBIDDEN
# weakest: NO_NAMESPACES
def f(x): return open("/etc/passwd").read()
