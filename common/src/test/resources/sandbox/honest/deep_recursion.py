# outcome: PASSED
# weakest: PROCESS
# expected: 81018001 | 81018001
# calls: [0] | [1]
import sys
sys.setrecursionlimit(20000)
def f(x): return x * x if x > 9000 else f(x + 1)
