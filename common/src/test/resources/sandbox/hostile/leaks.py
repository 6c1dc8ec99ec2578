#: leak_files_first => WRONG_ANSWER from FILTER_ONLY
import os
def f(x):
    try:
        os.chmod(".", 0o755)
        os.setxattr(".", "user.leak", b"1")
    except OSError:
        pass
    try:
        os.symlink("/etc", "leak")
        os.utime(".", (1, 1))
    except OSError:
        pass
    return 0

#: leak_files_second => PASSED from NO_NETWORK_NAMESPACE
# calls: [2]
# expected: ["/tmp",[],[],448,true]
import os
def f(x):
    state = os.stat(".")
    return [os.getcwd(), os.listdir("."), os.listxattr("."), state.st_mode & 0o777, state.st_mtime > 1]

#: leak_first => WRONG_ANSWER
import builtins, os, random
builtins.leak = 1
os.environ["LEAK"] = "1"
random.leak = 1
try: open("leak", "w").write("x")
except OSError: pass
def f(x): return 0

#: leak_second => PASSED
# calls: [2]
# expected: [false,false,false,false]
import builtins, os, random
def f(x): return [hasattr(builtins, "leak"), "LEAK" in os.environ, hasattr(random, "leak"), os.path.exists("leak")]

#: state_changed => WRONG_ANSWER
import builtins, decimal, gc, json, locale, math, os, random, re, signal, sys, threading, time, warnings
os.umask(0o777); os.environ["PATH"] = "leak"; os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
try: os.chdir("/")
except OSError: pass
for act in (lambda: os.nice(10), lambda: os.setsid(), lambda: locale.setlocale(locale.LC_ALL, "C")):
    try: act()
    except (OSError, locale.Error): pass
decimal.getcontext().prec = 3
sys.setrecursionlimit(60); sys.setswitchinterval(1); gc.disable(); math.pi = 3; json.leak = 1
random.seed(99); sys.path.insert(0, "/leak"); sys.leak = 1; warnings.simplefilter("error"); re.purge()
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()); signal.signal(signal.SIGTERM, signal.SIG_IGN)
threading.stack_size(1 << 20)
int.__doc__; builtins.print = builtins.len = None
def f(x): return 0

#: state_as_before => PASSED
# calls: []
# expected: ["0o22",null,"UTC",true,true,true,false,0,28,true]
import decimal, gc, json, math, os, random, signal, sys, time
def f():
    old = os.umask(0o22)
    return [oct(old), os.environ.get("PATH"), time.tzname[0], sys.getrecursionlimit() >= 1000, gc.isenabled(), math.pi > 3.1, hasattr(json, "leak") or hasattr(sys, "leak") or "/leak" in sys.path,
            len(signal.pthread_sigmask(signal.SIG_BLOCK, [])), decimal.getcontext().prec, signal.getsignal(signal.SIGTERM) == signal.SIG_DFL]

#: interned_and_cached => WRONG_ANSWER
import functools, gc, re, sys
sys.intern("leak-of-the-first"); re.compile("leak-of-the-first")
class Leak: pass
keep = Leak()
sys.modules["leak"] = keep
def f(x): return 0

#: nothing_of_the_first => PASSED
# calls: []
# expected: [false,false]
import gc, sys
def f(): return ["leak" in sys.modules, any(type(o).__name__ == "Leak" for o in gc.get_objects())]

#: files_in_every_place => WRONG_ANSWER from FILTER_ONLY
import os, tempfile
def f(x):
    for p in ("/tmp/leak", "leak", "/dev/shm/leak", "/var/tmp/leak"):
        try:
            with open(p, "w") as file: file.write("x")
        except OSError: pass
    try: os.mkdir("d"); os.chmod("d", 0); os.mkfifo("pipe"); os.link("leak", "hard")
    except OSError: pass
    return 0

#: no_file_of_the_first => PASSED
# calls: []
# expected: []
import os
def f(): return [p for p in ("/tmp/leak", "leak", "/dev/shm/leak", "/var/tmp/leak", "d", "pipe", "hard") if os.path.lexists(p)]

