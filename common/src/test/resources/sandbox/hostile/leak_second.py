# outcome: WRONG_ANSWER
# expected: [false,false,false,false] | 0
# weakest: PROCESS
import builtins, os, random
def f(x): return [hasattr(builtins, "leak"), "LEAK" in os.environ, hasattr(random, "leak"), os.path.exists("leak")]
