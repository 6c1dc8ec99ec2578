# outcome: PASSED
# weakest: NO_NETWORK_NAMESPACE
# calls: [2]
# expected: ["/tmp",[],[],448,true]
import os
def f(x):
    state = os.stat(".")
    return [os.getcwd(), os.listdir("."), os.listxattr("."), state.st_mode & 0o777, state.st_mtime > 1]
