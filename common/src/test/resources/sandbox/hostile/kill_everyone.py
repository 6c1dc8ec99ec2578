# outcome: FORBIDDEN
import os
def f(x): os.kill(-1, 9)
