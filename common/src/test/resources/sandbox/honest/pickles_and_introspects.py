# outcome: PASSED
# weakest: PROCESS
import copy, inspect, pickle
class A:
    def __init__(self, x): self.x = x
def f(x):
    assert inspect.signature(f).parameters
    return copy.deepcopy(pickle.loads(pickle.dumps(A(x)))).x ** 2
