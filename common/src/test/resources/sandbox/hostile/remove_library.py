# outcome: FORBIDDEN
import os, json
def f(x): os.remove(json.__file__)
