# outcome: PASSED
# calls: [2]
# expected: []
# weakest: PROCESS
import os
def f(x): return sorted(set(os.environ) - {"LC_CTYPE", "LC_ALL", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONUTF8", "TZ"})
