# outcome: FORBIDDEN
import os, json
def f(x): os.chmod(json.__file__, 0o777)
