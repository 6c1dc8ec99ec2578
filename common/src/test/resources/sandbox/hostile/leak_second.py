# outcome: PASSED
# calls: [2]
# expected: [false,false,false,false]
# weakest: PROCESS
import builtins, os, random
def f(x): return [hasattr(builtins, "leak"), "LEAK" in os.environ, hasattr(random, "leak"), os.path.exists("leak")]
