# outcome: WRONG_ANSWER
# weakest: PROCESS
import builtins, os, random
builtins.leak = 1
os.environ["LEAK"] = "1"
random.leak = 1
try: open("leak", "w").write("x")
except OSError: pass
def f(x): return 0
