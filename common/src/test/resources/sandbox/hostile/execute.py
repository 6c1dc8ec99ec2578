# outcome: FORBIDDEN
import os, sys
def f(x): os.execv(sys.executable, ["python"])
