"""One worker of the sandbox: a warm, single-threaded process that clones itself for every program.

Started as `python -S -s worker.py LEVEL SEED`, LEVEL being the strongest isolation to try. It writes one
line of JSON (level, Python version, why stronger levels failed) and then answers requests in order:

  request   header REQUEST, then header BODY, the program as JSON, and for a kind that has it a test's script
            or a standard input, all read by the clone itself, so that this process never holds a program, its
            arguments or its results and has nothing to leak into the next clone
  response  header RESPONSE, then the frame: what the program claims, one line of JSON each for loading,
            every call, and the end; then the same lines of the test's script, from its own process; then
            what the program printed, up to the limit, if that is of interest

The expected values are never sent here. A program that forges a frame says what it could have returned, so
nothing in a frame is believed beyond that; what ended the program, its times and its memory come from here.
The request's seal, which the last line repeats, only keeps one who forges blindly from ending a frame.
Standard library only, Python 3.9 or later, Linux on x86_64 or aarch64.
"""

__builtins__ = dict(vars(__builtins__))  # a program that patches builtins does not patch this module's

import _thread
import ast
import atexit
import builtins
import ctypes
import datetime
import decimal
import errno
import fractions
import functools
import gc
import importlib.util
import io
import json
import linecache
import marshal
import math
import operator
import os
import random
import resource
import select
import signal
import struct
import sys
import threading
import time
import traceback
import types

LEVELS = ("FULL", "NO_NETWORK_NAMESPACE", "NO_NAMESPACES", "FILTER_ONLY", "PROCESS")
# payload bytes, CPU ms, wall ms, memory MiB, KiB of results, KiB printed that are of interest
REQUEST = struct.Struct(">IIIIII")
BODY = struct.Struct(">cI")  # kind, bytes of JSON
CALLS, SCRIPT, SHARED, INPUT = b"c", b"s", b"m", b"i"
# cause, wait status, CPU us, wall us, peak KiB, bytes printed, frame bytes, bytes of the script's frame
RESPONSE = struct.Struct(">iiqqqiii")
ENDED, CPU, WALL, SETUP, OUT_OF_MEMORY = range(5)

PROGRAM_UID = 65534  # nobody: owns nothing on the host
MAX_DEPTH = 200
MAX_BITS = 332_000  # of an integer: the JVM reads at most 100,000 digits
MAX_DECIMAL, MAX_FRACTION = 5000, 16_384  # digits before or after the point, bits: what the JVM reads
MAX_ERROR = 500
FRAME_SLACK = 1 << 16  # bytes a file may have above the output limit, so that reaching it can be seen
MAX_THREADS = 4096  # of all programs together: each takes a process number and memory of the kernel's
STACK = 64 << 20  # bytes, which a program may raise
THREAD_STACK = 2 << 20  # bytes; libc's 8 MiB would let 30 threads fill the default memory limit
READY = b"\x01"
LAST_FILE = 63

HARNESS = []  # the code of harness.py, which a test's process runs for itself

# Imported before the first clone: an import costs a program milliseconds, a warm module nothing.
WARM = (
    "abc bisect collections copy dataclasses datetime decimal enum fractions functools heapq io itertools operator "
    "re statistics string traceback typing"
).split()

libc = ctypes.PyDLL(None, use_errno=True)  # PyDLL keeps the GIL, whose hand-over a raw clone would not survive

# ---------------------------------------------------------------------------------------------------------
# System calls, by name: (x86_64, aarch64).

SYSCALLS = {
    "accept": (43, 202), "accept4": (288, 242), "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171),
    "bind": (49, 200), "bpf": (321, 280), "capset": (126, 91), "chmod": (90, None), "chown": (92, None),
    "chroot": (161, 51), "clock_adjtime": (305, 266), "clock_settime": (227, 112), "clone": (56, 220),
    "clone3": (435, 435), "connect": (42, 203), "creat": (85, None), "delete_module": (176, 106),
    "execve": (59, 221), "execveat": (322, 281), "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    "fchmod": (91, 52), "fchmodat": (268, 53), "fchown": (93, 55), "fchownat": (260, 54), "fcntl": (72, 25),
    "finit_module": (313, 273), "flock": (73, 32), "fork": (57, None), "fremovexattr": (199, 16), "fsconfig": (431, 431),
    "fsetxattr": (190, 7), "fsmount": (432, 432), "fsopen": (430, 430), "fspick": (433, 433),
    "futimesat": (261, None), "init_module": (175, 105), "inotify_add_watch": (254, 27), "inotify_init": (253, None),
    "inotify_init1": (294, 26), "io_setup": (206, 0), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "io_uring_setup": (425, 425), "ioctl": (16, 29), "ioperm": (173, None),
    "iopl": (172, None), "ioprio_set": (251, 30), "kcmp": (312, 272), "kexec_file_load": (320, 294),
    "kexec_load": (246, 104), "keyctl": (250, 219), "kill": (62, 129), "landlock_add_rule": (445, 445),
    "landlock_create_ruleset": (444, 444), "landlock_restrict_self": (446, 446), "lchown": (94, None),
    "link": (86, None), "linkat": (265, 37), "listen": (50, 201), "lookup_dcookie": (212, 18),
    "lremovexattr": (198, 15), "lsetxattr": (189, 6), "mbind": (237, 235), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "migrate_pages": (256, 238), "mkdir": (83, None), "mkdirat": (258, 34),
    "mknod": (133, None), "mknodat": (259, 33), "modify_ldt": (154, None), "mount": (165, 40),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "move_pages": (279, 239), "mq_open": (240, 180),
    "mq_unlink": (241, 181), "msgctl": (71, 187), "msgget": (68, 186), "msgrcv": (70, 188), "msgsnd": (69, 189),
    "name_to_handle_at": (303, 264), "open": (2, None),
    "open_by_handle_at": (304, 265), "open_tree": (428, 428), "openat": (257, 56), "openat2": (437, 437),
    "perf_event_open": (298, 241), "personality": (135, 92), "pidfd_getfd": (438, 438), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pivot_root": (155, 41), "prctl": (157, 167), "prlimit64": (302, 261),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "reboot": (169, 142), "removexattr": (197, 14), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "request_key": (249, 218), "rmdir": (84, None), "rt_sigaction": (13, 134), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "sched_setaffinity": (203, 122), "sched_setattr": (314, 274),
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119), "seccomp": (317, 277), "semctl": (66, 191),
    "semget": (64, 190), "semop": (65, 193), "semtimedop": (220, 192),
    "sendmmsg": (307, 269), "sendmsg": (46, 211), "sendto": (44, 206), "setdomainname": (171, 162),
    "sethostname": (170, 161), "setns": (308, 268), "setpriority": (141, 140), "settimeofday": (164, 170),
    "setxattr": (188, 5), "shmat": (30, 196), "shmctl": (31, 195), "shmget": (29, 194), "socket": (41, 198),
    "socketpair": (53, 199), "splice": (275, 76), "swapoff": (168, 225), "swapon": (167, 224),
    "symlink": (88, None), "symlinkat": (266, 36), "sync": (162, 81), "syncfs": (306, 267), "syslog": (103, 116),
    "tee": (276, 77), "tgkill": (234, 131), "tkill": (200, 130),
    "truncate": (76, 45), "umount2": (166, 39), "unlink": (87, None), "unlinkat": (263, 35), "unshare": (272, 97),
    "userfaultfd": (323, 282), "uselib": (134, None), "utime": (132, None), "utimensat": (280, 88),
    "utimes": (235, None), "vfork": (58, None), "vhangup": (153, 58), "vmsplice": (278, 75),
}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column of SYSCALLS, AUDIT_ARCH


def syscall_number(name):
    column, _ = MACHINES[os.uname().machine]
    return SYSCALLS[name][column]


def check(result, what):
    """Turns a failed libc call into an OSError that names it."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, "%s: %s" % (what, os.strerror(code)))
    return result


def syscall(name, *arguments):
    return check(libc.syscall(ctypes.c_long(syscall_number(name)), *map(ctypes.c_ulong, arguments)), name)


# ---------------------------------------------------------------------------------------------------------
# The filter: a deny-list, because an allow-list kills honest programs whenever libc takes another path.

# There are two filters, since installing one costs time by its length. The worker installs the long one on itself
# and every clone inherits it; each clone adds the short one, which refuses what the worker itself needs.

# Refused with EPERM whatever the arguments: other processes, the kernel's settings, mounts and namespaces,
# the network, memory that no rlimit counts, what outlives a process, and interfaces with a history of holes.
DENIED = """accept accept4 acct add_key adjtimex bind bpf chroot clock_adjtime clock_settime connect
delete_module execve execveat fanotify_init fanotify_mark finit_module flock fork fsconfig fsmount fsopen fspick
init_module inotify_add_watch inotify_init inotify_init1 io_setup io_uring_enter io_uring_register io_uring_setup ioperm iopl ioprio_set kcmp kexec_file_load
kexec_load keyctl listen lookup_dcookie mbind memfd_secret migrate_pages modify_ldt
mount_setattr move_mount move_pages mq_open mq_unlink msgctl msgget msgrcv msgsnd name_to_handle_at open_by_handle_at open_tree
perf_event_open personality pidfd_getfd pidfd_send_signal pivot_root process_madvise process_mrelease
process_vm_readv process_vm_writev ptrace quotactl quotactl_fd reboot request_key rt_sigqueueinfo
rt_tgsigqueueinfo sched_setaffinity sched_setattr sched_setparam sched_setscheduler seccomp semctl semget semop
semtimedop sendmmsg sendmsg setdomainname sethostname setns setpriority settimeofday shmat shmctl shmget socket splice swapoff
swapon sync syncfs syslog tee tkill unshare userfaultfd uselib vfork vhangup vmsplice""".split()

# Refused to a program only.
PROGRAM_DENIED = ("capset", "memfd_create", "mount", "pidfd_open", "umount2")

# Refused to a program with a test in its process: a handler of signals is shown the frame that it interrupts.
SHARED_DENIED = ("rt_sigaction",)

# Refused as well where no private file system stands between the program and the host's.
WRITES = """chmod chown creat fchmod fchmodat fchown fchownat fremovexattr fsetxattr futimesat lchown link linkat
lremovexattr lsetxattr mkdir mkdirat mknod mknodat removexattr rename renameat renameat2 rmdir setxattr symlink
symlinkat truncate unlink unlinkat utime utimensat utimes""".split()

# (system call, argument, test, 32-bit word or words): refused if the test holds.
CONDITIONS = (
    ("prlimit64", 0, "not equal", 0),  # another process
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: what Python and libc ask of a file
    ("ioctl", 1, "not equal", (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
    # Copies and flags of a descriptor. Others send its owner any signal, or make locks, leases and hints of a file that
    # other programs share.
    ("fcntl", 1, "not equal", (0, 1, 2, 3, 4, 1030)),
    ("socketpair", 0, "not equal", 1),  # AF_UNIX: other families load modules into the kernel
    ("sendto", 4, "not equal", 0),  # an address: a socket pair needs none
    ("sendto", 4.5, "not equal", 0),  # the address's upper half
)
PROGRAM_CONDITIONS = (
    ("clone", 0, "not any", 0x00010000),  # CLONE_THREAD: threads are allowed, processes are not
    ("prctl", 0, "equal", 1),  # PR_SET_PDEATHSIG: a program dies with its worker
    ("prctl", 0, "equal", 4),  # PR_SET_DUMPABLE
    ("kill", 0, "not equal", None),  # None: the program's own pid
    ("tgkill", 0, "not equal", None),
)
WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
WRITE_CONDITIONS = (("open", 1, "any", WRITE_FLAGS), ("openat", 2, "any", WRITE_FLAGS))

FIRST_UNKNOWN = 451  # cachestat, Linux 6.5: calls from here on are absent, as to an older kernel's programs

LOAD, JUMP_EQUAL, JUMP_ANY, JUMP_FROM, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


class Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint)]


class FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(Instruction))]


class Filter:
    """A seccomp filter, assembled once; `install` fills in the pid of the process that installs it."""

    def __init__(self, denied, conditions, absent=()):
        column, architecture = MACHINES[os.uname().machine]
        code = [(LOAD, 0, 0, 4), (JUMP_EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
        if column == 0:  # the x32 calls have numbers of their own
            code += [(JUMP_FROM, 0, 1, 0x40000000), (RETURN, 0, 0, KILL)]
        code += [(JUMP_FROM, 0, 1, FIRST_UNKNOWN), (RETURN, 0, 0, ERRNO | errno.ENOSYS)]
        self.pid_places = []
        for name in denied:
            self._refuse(code, SYSCALLS[name][column], errno.EPERM)
        for name in absent:
            self._refuse(code, SYSCALLS[name][column], errno.ENOSYS)
        for name, argument, test, word in conditions:
            self._refuse_if(code, SYSCALLS[name][column], argument, test, word)
        code.append((RETURN, 0, 0, ALLOW))
        self.code = (Instruction * len(code))(*(Instruction(*c) for c in code))
        self.reference = ctypes.byref(FilterProgram(len(code), self.code))

    @staticmethod
    def _refuse(code, number, error):
        if number is not None:
            code += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | error)]

    def _refuse_if(self, code, number, argument, test, word):
        if number is None:
            return
        jump = JUMP_ANY if test.endswith("any") else JUMP_EQUAL
        words = word if isinstance(word, tuple) else (word or 0,)
        if word is None:
            self.pid_places.append(len(code) + 2)
        code += [(JUMP_EQUAL, 0, 3 + len(words), number), (LOAD, 0, 0, 16 + int(8 * argument))]
        if test.startswith("not"):  # the first word that fits leads past the refusal
            code += [(jump, len(words) - i, 0, w) for i, w in enumerate(words)]
        else:
            code += [(jump, len(words) - i - 1, 0, w) for i, w in enumerate(words[:-1])] + [(jump, 0, 1, words[-1])]
        code += [(RETURN, 0, 0, ERRNO | errno.EPERM), (LOAD, 0, 0, 0)]

    def install(self):
        for place in self.pid_places:
            self.code[place].k = os.getpid()
        check(libc.prctl(22, 2, self.reference, 0, 0), "seccomp")


# ---------------------------------------------------------------------------------------------------------
# The world: the only files that a program can see.

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_NOATIME, MS_BIND = 1, 2, 4, 8, 32, 1024, 4096
MS_REC_PRIVATE = 0x4000 | 0x40000
NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000


SYSTEM_FILES = """/etc/ld.so.cache /dev/null /dev/zero /dev/urandom /usr/share/zoneinfo
/usr/lib/locale""".split()


def python_files():
    """The folders and files that Python needs: its library, and where the shared libraries it loaded lie."""
    folders = {p for p in sys.path if os.path.isdir(p)}
    with open("/proc/self/maps") as maps:
        for line in maps:
            path = line.split()[-1]
            if path.startswith("/") and ".so" in path:
                folders.add(os.path.dirname(path))
    kept = []
    for folder in sorted(folders):
        if not any(folder.startswith(k + "/") for k in kept):
            kept.append(folder)
    return kept + [f for f in SYSTEM_FILES if os.path.exists(f) and not any(f.startswith(k + "/") for k in kept)]


def mount(source, target, kind, flags, options=None):
    arguments = [a.encode() if a else None for a in (source, target, kind)]
    result = libc.mount(*arguments, ctypes.c_ulong(flags), options.encode() if options else None)
    check(result, "mount " + target)


def build_world(root):
    """Moves this process into a read-only file system that holds `python_files()` and an empty /tmp."""
    os.umask(0o022)
    mount("none", "/", None, MS_REC_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID, "size=64k,nr_inodes=512,mode=755")
    for path in python_files():
        target = root + path
        if os.path.isdir(path):
            os.makedirs(target)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.close(os.open(target, os.O_CREAT))
        mount(path, target, None, MS_BIND)
        # A user namespace may not clear flags that the host's mount has.
        kept = os.statvfs(path).f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
        kept |= MS_NOSUID if path.startswith("/dev/") else MS_NOSUID | MS_NODEV
        mount("none", target, None, MS_BIND | MS_REMOUNT | MS_RDONLY | kept)
    for folder in sys.path:
        for packages in ("site-packages", "dist-packages"):
            hidden = os.path.join(root + folder, packages)
            if os.path.isdir(hidden):
                mount("tmpfs", hidden, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=555")
    for link in ("/lib", "/lib64", "/usr/lib64"):
        if os.path.islink(link) and not os.path.lexists(root + link):
            os.makedirs(os.path.dirname(root + link), exist_ok=True)
            os.symlink(os.readlink(link), root + link)
    for folder in ("/tmp", "/old"):
        os.makedirs(root + folder, exist_ok=True)
    os.chdir(root)
    check(libc.syscall(ctypes.c_long(syscall_number("pivot_root")), b".", b"old"), "pivot_root")
    os.chdir("/")
    check(libc.umount2(b"/old", 2), "umount2")
    os.rmdir("/old")
    mount("none", "/", None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)


class Scratch:
    """The one writable folder, /tmp: empty and untouched whenever a program starts.

    A mount namespace and a file system for each program cost more than all other namespaces together
    when the cores are busy, and few programs write files. So the mount is replaced only after one did.
    """

    OPTIONS = "size=%d,nr_inodes=256,mode=700,uid=%d,gid=%d" % (4 << 20, PROGRAM_UID, PROGRAM_UID)
    FLAGS = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME  # listing it must not count as a touch

    def __init__(self):
        self.mount()

    def mount(self):
        mount("tmpfs", "/tmp", "tmpfs", self.FLAGS, self.OPTIONS)
        self.untouched = self.state()

    @staticmethod
    def state():
        """Everything that a program could leave behind in the folder or on it."""
        folder = os.stat("/tmp")
        times = folder.st_atime_ns, folder.st_mtime_ns, folder.st_ctime_ns
        return tuple(folder), times, tuple(os.statvfs("/tmp")), os.listxattr("/tmp")

    def renew(self):
        if self.state() != self.untouched:
            check(libc.umount2(b"/tmp", 2), "umount2 /tmp")
            self.mount()


def landlock():
    """A Landlock rule set that allows reading `python_files()` and nothing else; its descriptor."""
    version = syscall("landlock_create_ruleset", 0, 0, 1)
    handled = (1 << (13, 14, 15, 15, 16)[min(version, 5) - 1]) - 1
    attributes = struct.pack("<QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    number = ctypes.c_long(syscall_number("landlock_create_ruleset"))
    rules = check(libc.syscall(number, attributes, ctypes.c_size_t(size), 0), "landlock_create_ruleset")
    for path in python_files():
        place = os.open(path, os.O_PATH)
        allowed = (1 << 2) | ((1 << 3) if os.path.isdir(path) else 0)  # read a file, list a folder
        rule = struct.pack("<Qi", allowed, place)
        check(libc.syscall(ctypes.c_long(syscall_number("landlock_add_rule")), rules, 1, rule, 0), "landlock_add_rule")
        os.close(place)
    return rules


# ---------------------------------------------------------------------------------------------------------
# Values: builtin types, and what an instance of a subclass is as one, taken by the builtin's own methods. Whatever a
# program's class says of itself is not asked, so an object that lies is not a value, or is what it is made of.


class NotAValue(Exception):
    pass


class TooLarge(Exception):
    pass


def decode_tag(pairs):
    """The object_hook that turns {"$tuple": [...]} and its like back into Python values."""
    if len(pairs) == 1:
        ((tag, content),) = pairs.items()
        if tag == "$tuple":
            return tuple(content)
        if tag == "$set":
            return set(content)
        if tag == "$frozenset":
            return frozenset(content)
        if tag == "$dict":
            return dict(content)
        if tag == "$float":
            return float(content)
        if tag == "$complex":
            return complex(*content)
        if tag == "$bytes":
            return bytes.fromhex(content)
        if tag == "$decimal":
            return decimal.Decimal(content)
        if tag == "$fraction":
            return fractions.Fraction(*content)
        if tag in MAKERS:
            return MAKERS[tag](*content)
    return pairs


from_json = json.JSONDecoder(object_hook=decode_tag).scan_once  # `loads` would build it anew and search for spaces
INTEGERS, FLOATS = {id(int)}, {id(float)}
to_json = json.JSONEncoder(check_circular=False, allow_nan=False, separators=(",", ":")).encode


def encode(value, budget, refer=None, note=None, type=type, len=len, repr=repr, isfinite=math.isfinite):
    """`value` as JSON text of at most `budget` characters.

    `refer` turns what is not a value into a number that stands for it; `note` is called with what lost its class.
    """
    spent = 0

    def spend(size):
        nonlocal spent
        spent += size
        if spent > budget:
            raise TooLarge()

    def plain(x, depth):
        t = type(x)
        if x is None or t is bool:
            spend(4)
            return x
        if t is int:
            spend(x.bit_length() // 4 + 1 if x.bit_length() < MAX_BITS else budget + 1)
            return x
        if t is float:
            spend(3)
            return x if isfinite(x) else {"$float": repr(x)}
        if t is str:
            spend(len(x) + 2)
            return x
        if t is bytes:
            spend(2 * len(x))
            return {"$bytes": x.hex()}
        if depth == MAX_DEPTH:
            raise NotAValue("nested deeper than %d" % MAX_DEPTH)
        if t is list or t is tuple:
            spend(2 * len(x))
            items = flat(x) or [plain(item, depth + 1) for item in x]
            return items if t is list else {"$tuple": items}
        if t is dict:
            spend(4 * len(x))
            if all(type(key) is str and key[:1] != "$" for key in x):
                spend(sum(map(len, x)))
                return {key: plain(item, depth + 1) for key, item in x.items()}
            return {"$dict": [[plain(key, depth + 1), plain(item, depth + 1)] for key, item in x.items()]}
        if t is set or t is frozenset:
            spend(2 * len(x))
            # In an order of their own: what a set's order is depends on the hash seed.
            items = sorted([plain(item, depth + 1) for item in x], key=repr)
            return {"$set" if t is set else "$frozenset": items}
        if t is Decimal:
            text = decimal_text(x)
            _, digits, exponent = decimal_parts(x)
            if type(exponent) is int and max(len(text), abs(exponent), abs(len(digits) + exponent)) > MAX_DECIMAL:
                raise NotAValue("a Decimal of more than %d digits" % MAX_DECIMAL)
            spend(len(text) + 14)
            return {"$decimal": text}
        if t is Fraction or issubclass(t, Fraction):
            parts = numerator(x), denominator(x)
            if type(parts[0]) is not int or type(parts[1]) is not int:
                raise NotAValue("a Fraction of no integers")
            if max(part.bit_length() for part in parts) > MAX_FRACTION:
                raise NotAValue("a Fraction with a part of more than %d bits" % MAX_FRACTION)
            return {"$fraction": [plain(part, depth) for part in parts]}
        value = widened(x)
        if value is not None:
            if note is not None:
                note(t)
            return plain(value, depth)
        if refer is None:
            raise NotAValue("a result of type " + type_name(t))
        spend(20)
        if id(t) in MOMENTS and getattr(x, "tzinfo", None) is None:
            return {"$" + t.__name__: [plain(part, depth) for part in MOMENTS[id(t)](x)]}
        if t is complex:
            return {"$complex": [plain(x.real, depth), plain(x.imag, depth)]}
        return {"$object": refer(x)}

    def flat(items):
        """`items` as a list if they are small integers or finite floats only, the common large results."""
        items = list(items)  # another thread may change the program's own
        kinds = set(map(id, map(type, items)))  # a class may say that it equals another; its id does not
        if kinds == INTEGERS and -(1 << 63) < min(items) and max(items) < 1 << 63:
            return items
        if kinds == FLOATS and all(map(isfinite, items)):
            return items
        return None

    text = to_json(plain(value, 0))
    if len(text) > budget:
        raise TooLarge()
    return text


Decimal, Fraction = decimal.Decimal, fractions.Fraction
decimal_text, decimal_parts = Decimal.__str__, Decimal.as_tuple
numerator, denominator = Fraction._numerator.__get__, Fraction._denominator.__get__
EVERYTHING = slice(None)


# Values that never change, and travel between a test and its program alone: what makes them anew.
MOMENTS = {
    id(datetime.date): lambda x: (x.year, x.month, x.day),
    id(datetime.datetime): lambda x: (x.year, x.month, x.day, x.hour, x.minute, x.second, x.microsecond),
    id(datetime.time): lambda x: (x.hour, x.minute, x.second, x.microsecond),
    id(datetime.timedelta): lambda x: (x.days, x.seconds, x.microseconds),
    id(range): lambda x: (x.start, x.stop, x.step),
}
MAKERS = {"$" + k.__name__: k for k in (datetime.date, datetime.datetime, datetime.time, datetime.timedelta, range)}


def hashed(items):
    """The set of the items; None if an item cannot be hashed."""
    try:
        return set(items)
    except TypeError:
        return None


BUILTIN = (
    (int, int.__pos__),
    (float, float.__pos__),
    (str, str.__str__),
    (bytes, lambda x: bytes.__getitem__(x, EVERYTHING)),
    (list, list.copy),
    (tuple, lambda x: tuple.__getitem__(x, EVERYTHING)),
    (dict, dict.copy),
    (set, lambda x: {*set.__iter__(x)}),
    (frozenset, lambda x: frozenset(frozenset.__iter__(x))),
    (bytearray, lambda x: bytes(bytearray.__getitem__(x, EVERYTHING))),
    (memoryview, memoryview.tobytes),
    (type({}.keys()), set),
    (type({}.items()), hashed),
    (Decimal, Decimal),
)


def widened(x, builtin=BUILTIN, issubclass=issubclass, type=type):
    """What an instance of a builtin type's subclass, such as a Counter, is as that type; None of others.

    Of what equals a builtin value in Python, as a bytearray or a dict's keys, that value.
    """
    for base, copy in builtin:
        if issubclass(type(x), base):
            return copy(x)
    return None


def type_name(cls, name=type.__dict__["__name__"].__get__):
    """The name of a class, past any metaclass that lies about it."""
    return name(cls)


EXCEPTIONS = {name: x for name, x in vars(builtins).items() if type(x) is type and issubclass(x, BaseException)}


def exception_names(cls, mro=type.__dict__["__mro__"].__get__, view=type.__dict__["__dict__"].__get__):
    """The names of an exception's class and its bases, with their modules, up to the first that is builtin."""
    names = []
    for one in mro(cls):
        name = type_name(one)
        if EXCEPTIONS.get(name) is one:
            return [*names, name]
        names.append("%s.%s" % (view(one).get("__module__"), name))
    return names


# ---------------------------------------------------------------------------------------------------------
# The program's side, inside the clone.

set_digits = getattr(sys, "set_int_max_str_digits", lambda digits: None)
get_digits = getattr(sys, "get_int_max_str_digits", lambda: 0)
PROGRAM_FILE = "/tmp/program.py"
REFUSALS = (errno.EPERM, errno.EACCES, errno.EROFS)
FULL_FILES = (errno.EFBIG, errno.ENOSPC, errno.EDQUOT)


def message_of(error):
    """What an exception says of itself, whose methods may be the program's."""
    try:
        message = str(error)
        return message[:MAX_ERROR] if type(message) is str else ""
    except BaseException:
        return ""


def describe(error, loading):
    """The outcome and the text of an exception that a program let through."""
    cls = type(error)
    outcome = "RUNTIME_ERROR"
    if loading and isinstance(error, (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)):
        outcome = "COMPILE_ERROR"
    elif issubclass(cls, MemoryError):
        outcome = "MEMORY_LIMIT"
    elif issubclass(cls, TooLarge):
        return "OUTPUT_LIMIT", "RESULT: the results are larger than the output limit"
    elif issubclass(cls, NotAValue):
        return "RUNTIME_ERROR", "UNSERIALISABLE: %s" % error
    text = type_name(cls)[:MAX_ERROR]
    message = message_of(error)
    if message:
        text += ": " + message
    try:
        refused = error
        while issubclass(type(refused), OSError) and refused.errno is None:
            refused = refused.__context__  # urllib raises an error of its own about the kernel's
        if issubclass(type(refused), OSError) and type(refused.errno) is int:
            number = refused.errno
            outcome = "FORBIDDEN" if number in REFUSALS else "OUTPUT_LIMIT" if number in FULL_FILES else outcome
        line = None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "program.py":
                line = trace.tb_lineno
            trace = trace.tb_next
        if line is not None:
            text += " (line %d)" % line
    except BaseException:  # an exception's attributes are the program's code
        pass
    return outcome, text


# Dropped to have room to report that memory ran out. The worker holds it, so that no clone pays for its pages.
RESERVE = []


class Report:
    """Writes a frame: one line for loading and for each call, and one for the end."""

    def __init__(self, frame):
        self.frame, self.write, self.clock = frame, os.write, time.perf_counter
        self.restart()

    def restart(self):
        self.started = self.clock()

    def say(self, outcome, text):
        milliseconds = (self.clock() - self.started) * 1e3
        line = b'["%s",%.3f,%s]\n' % (outcome.encode(), milliseconds, text.encode())
        if self.write(self.frame, line) != len(line):
            raise OSError(errno.EFBIG, "frame")

    def fail(self, error, loading=False):
        RESERVE.clear()
        set_digits(0)
        outcome, text = describe(error, loading)
        self.say(outcome, to_json(text))

    def end(self, seal):
        self.write(self.frame, b'["END","%s"]\n' % seal.encode())


def compiled(source, report):
    """The code of a program, None if it has none, which is then reported."""
    try:
        source = source[source[:1] == "\ufeff" :]
        linecache.cache["program.py"] = len(source), None, source.splitlines(True), "program.py"  # for tracebacks
        return compile(source, "program.py", "exec", dont_inherit=True)
    except BaseException as error:
        report.fail(error, loading=True)
        return None


def has_no_equality(cls):
    """Refuses a subclass of a builtin type whose equality is the program's: a test has to ask the object itself."""
    method = next((vars(base)["__eq__"] for base in cls.__mro__ if "__eq__" in vars(base)), None)
    if type(method) is types.FunctionType and method.__code__.co_filename == "program.py":
        raise NotAValue("a result of type %s, which has an equality of its own" % type_name(cls))


class Unused(types.ModuleType):
    """Stands for pytest in a program that brings tests of its own along, which nobody runs: decorators give the function."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Unused(name)

    def __call__(self, *arguments, **named):
        return arguments[0] if arguments and isinstance(arguments[0], (types.FunctionType, type)) else self


def run_program(request, frame, budget, test=None, digits=4300, shared=None):
    """Loads the program and runs its calls, writing one line for each to the descriptor `frame`.

    A call is `[args, kwargs]` of the entry point, or the text of an expression over the program's names. `test`
    are the descriptors on which the process of a test's script asks and hears; `shared`, if there is one, runs that
    script here.
    """
    report = Report(frame)
    entry = request["entry"]
    module = types.ModuleType("program")
    module.__file__, module.__builtins__ = PROGRAM_FILE, vars(builtins)  # else it would have this module's own
    sys.modules["program"] = sys.modules["__main__"] = module
    set_digits(digits)
    code = compiled(request["code"], report)
    if code is None:
        return
    if shared:
        module.__builtins__ = builtins  # as of a script, so that a test can patch what the program uses
    if "pytest" in code.co_names and not importlib.util.find_spec("pytest"):
        sys.modules["pytest"] = Unused("pytest")
    try:
        exec(code, module.__dict__)
        function = entry_code = None
        if entry.isidentifier():
            if entry not in module.__dict__:
                inside = hasattr(module.__dict__.get("Solution"), entry)
                hint = ", but Solution().%s is: give that as entry_point" % entry if inside else ""
                raise NameError("NO_FUNCTION: %s is not defined%s" % (entry, hint))
            function = module.__dict__[entry]
        elif entry:  # an expression such as Solution().f, evaluated for each call
            entry_code = compile(entry, "<call>", "eval", dont_inherit=True)
    except BaseException as error:
        return report.fail(error)
    report.say("PASSED", "null")
    for call in request["calls"]:
        report.restart()
        try:
            if type(call) is str:
                value = eval(compile(call, "<call>", "eval", dont_inherit=True), module.__dict__)
            else:
                if function is None:
                    value = eval(entry_code, module.__dict__)(*call[0], **call[1])
                else:
                    value = function(*call[0], **call[1])
            set_digits(0)
            text = encode(value, budget, note=has_no_equality if type(call) is str else None)
            budget -= len(text)
            report.say("PASSED", text)
        except BaseException as error:
            report.fail(error)
            if request["stop"]:
                test = None
                break
        set_digits(digits)
        value = text = None
    try:
        if shared and test:
            shared(module, code)
        elif test:
            answer_test(*test, module.__dict__, code, budget, digits)
    except BaseException as error:
        return report.fail(error)
    report.end(request["seal"])


def run_main(request, frame, digits=4300, exit=os._exit):
    """Runs a program that reads standard input, from its start to what Python does at its end."""
    report = Report(frame)
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    module.__file__ = sys.argv[0] = PROGRAM_FILE
    module.__builtins__ = builtins
    set_digits(digits)
    code = compiled(request["code"], report)
    if code is None:
        return
    own_streams()
    report.say("PASSED", "null")
    report.restart()
    finished = False
    try:
        try:
            exec(code, module.__dict__)
        except SystemExit as leave:
            if leave.code not in (None, 0):
                raise
        threading._shutdown()  # waits for the threads
        atexit._run_exitfuncs()
        flush(getattr(sys, "stdout", None), getattr(sys, "stderr", None))
        flush_files()
        free(module.__dict__)
        flush_files()
        finished = True
        report.say("PASSED", "null")
    except BaseException as error:
        if finished:  # it closed all descriptors that there are
            exit(0)
        report.fail(error)
    report.end(request["seal"])


STREAMS = {name: number for number, own in enumerate(("stdin", "stdout", "stderr"))
           for name in ("/dev/" + own, "/dev/fd/%d" % number, "/proc/self/fd/%d" % number)}


def own_streams(open=open, os_open=os.open, dup=os.dup, fspath=os.fspath):
    """Lets a program open its standard streams by name, though it sees no such files."""

    def stream(file):
        try:
            return STREAMS.get(fspath(file))
        except TypeError:  # a descriptor, or what open() will refuse
            return None

    def opened(file, *arguments, **named):
        number = stream(file)
        return open(file if number is None else dup(number), *arguments, **named)

    def os_opened(path, *arguments, **named):
        number = stream(path)
        return os_open(path, *arguments, **named) if number is None else dup(number)

    builtins.open = io.open = functools.wraps(open)(opened)
    os.open = functools.wraps(os_open)(os_opened)


def stack_size_below(most, stack_size=threading.stack_size):
    """threading.stack_size, but what a thread reserves leaves room below the limit on address space."""

    def limited(size=0):
        return stack_size(min(size, most)) if type(size) is int else stack_size(size)

    return limited


def outside(values, count=sys.getrefcount):
    """For each container in `values` that may change: the container, a count of references, and its places in `values`.

    The count is of the references from outside of `values`, plus SOME_MORE for those of this function. A tuple may
    change if another container is in it.
    """
    times, found, waiting, fixed = {}, [], [values], set()
    while waiting:
        one = waiting.pop()
        kind = type(one)
        items = dict.values(one) if issubclass(kind, dict) else tuple.__iter__(one) if issubclass(kind, tuple) else (
            list.__iter__(one) if issubclass(kind, list) else one if kind in VIEWS else ())
        parts = [x for x in items if type(x) not in SCALARS and issubclass(type(x), CONTAINERS)]
        if not parts and issubclass(kind, tuple):
            fixed.add(id(one))
        for part in parts:
            times[id(part)] = times.get(id(part), 0) + 1
            if times[id(part)] == 1:
                found.append(part)
                waiting.append(part)
    one = part = parts = items = None
    return [(x, count(x) - times[id(x)], times[id(x)]) for x in found if id(x) not in fixed]


SCALARS = frozenset((type(None), bool, int, float, complex, str, bytes))
VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
CONTAINERS = (list, tuple, dict, set, bytearray, *VIEWS)
SOME_MORE = outside([[]])[0][1]
MAX_KEPT = 200


END = object()


def parts_of(value):
    """The scalars in a value, in order, and where its containers begin and end; a new object for what is none of these.

    Only scalars are named, so who keeps the parts keeps nothing alive that may change.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind in SCALARS or one is END:
            yield one
        elif kind is list or kind is tuple or kind is dict or kind is set:
            yield kind
            waiting.append(END)
            if kind is dict:
                waiting.extend(one.values())
            waiting.extend(one)
        else:
            yield object()


def has_parts(value, parts, all=all, map=map, same=operator.is_):
    """Whether a value still consists of the very parts that it had: then its text is the same, and need not be written."""
    return all(map(same, parts, parts_of(value)))


class Kept:
    """The containers that went from the program to the test or back, and that the program still has.

    The test has copies, which do not change when the program changes its own.
    """

    def __init__(self, text):
        self.text, self.entries = text, {}

    def add(self, number, values, own):
        """Takes note of the containers in `values`, but for those in `own`, that the program still has.

        Returns whether there are any, or whether one container stands in two places of `values`.
        """
        found, twice = [], False
        for one, references, times in outside(values):
            if all(one is not o for o in own):
                twice = twice or times > 1
                if references > SOME_MORE or type(one) in VIEWS:  # a view's dict is another object
                    found.append(one)
        for one in found:
            if id(one) not in self.entries:
                text = self.text(one)
                self.entries[id(one)] = one, () if text is None else tuple(parts_of(one)), text, []
            self.entries[id(one)][3].append(number)
        return bool(found) or twice

    def forget(self, numbers):
        """Takes note that the test has nothing more of these exchanges."""
        for key, entry in list(self.entries.items()):
            entry[3][:] = [number for number in entry[3] if number not in numbers]
            if not entry[3]:
                del self.entries[key]

    def changed(self):
        """The numbers of the exchanges of which a container has changed since, or may change unseen; forgets these."""
        numbers = []
        for key, (one, parts, before, of) in list(self.entries.items()):
            known = before is not None and len(self.entries) <= MAX_KEPT
            if not known or not has_parts(one, parts) and self.text(one) != before:
                numbers += of
                del self.entries[key]
        one = None
        for one, references, _ in outside([entry[0] for entry in self.entries.values()]):
            # The program has it no more.
            if id(one) in self.entries and references <= SOME_MORE + 1 and type(one) not in VIEWS:
                del self.entries[id(one)]
        return numbers


def read_in_functions(code):
    """The global names that functions of a program read."""
    import dis

    names, waiting = set(), [c for c in code.co_consts if type(c) is types.CodeType]
    while waiting:
        one = waiting.pop()
        names |= {i.argval for i in dis.get_instructions(one) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
        waiting += [c for c in one.co_consts if type(c) is types.CodeType]
    return names


def answer_test(asked, answers, names, code, budget, digits):
    """Does with the program's objects what the process of the test asks for, until it ends.

    It gets values, or numbers that stand for objects here, and after a call what became of the arguments.
    """
    objects, numbers = [], {}

    def number(x):
        if id(x) not in numbers:
            numbers[id(x)] = len(objects)
            objects.append(x)
        return numbers[id(x)]

    def decoded(pairs):
        return objects[pairs["$object"]] if "$object" in pairs else decode_tag(pairs)

    def text(x):
        try:
            return encode(x, budget, number)
        except (NotAValue, TooLarge):
            return None

    kept, turn, watched = Kept(text), 0, {}
    for line in open(asked, "rb"):
        turn += 1
        said, arguments, named, lost = "null", [], {}, []
        try:
            forgotten, what, *operands = json.loads(line, object_hook=decoded)
            if forgotten:
                kept.forget(set(forgotten))
            set_digits(digits)
            if what == "name":
                watched[operands[0]] = names.get(operands[0], watched)
                value = names[operands[0]]
            elif what == "read":
                value = sorted(read_in_functions(code) & set(operands[0]))
            elif what == "get":
                value = getattr(*operands)
            elif what == "truth":
                value = bool(*operands)
            elif what == "isinstance":
                value = isinstance(*operands)
            elif what == "set":
                arguments = operands[2:]
                value = setattr(*operands)
            else:
                function, arguments, named = operands
                value = function(*arguments, **named)
            set_digits(0)
            values = [value, arguments, named]
            told = encode(values, budget, number, lost.append)
        except BaseException as failure:
            set_digits(0)
            kinds = exception_names(type(failure))
            try:
                said = encode([kinds, list(failure.args), dict(failure.__dict__), str(failure)], budget, number)
            except BaseException:
                said = to_json([kinds, None, {}, ""])
            try:
                values = [None, arguments, named]
                told = encode(values, budget, number)
            except BaseException:
                values = [None, None, None]
                told = to_json(values)
        value = operands = None  # else these would refer to what the program may have forgotten
        changed = kept.changed()
        rebound = {n: names[n] for n, old in watched.items() if n in names and names[n] is not old}
        watched.update(rebound)
        try:
            anew = encode(rebound, budget, number, lost.append)
        except (NotAValue, TooLarge):
            anew = "null"
        values.append(rebound)
        has = kept.add(turn, values, (arguments, named, rebound))
        rebound = None
        answer = "[%s,%s,%s,%s]" % (told[1:-1], said, to_json([bool(lost), has, changed])[1:-1], anew)
        values = arguments = named = None
        write_all(answers, answer.encode() + b"\n")


UNCHANGING = (int, float, complex, str, bytes, bool, type(None))


NAN = {"$float": "nan"}


class Beyond(BaseException):
    """A test does with an object of the program what a reference to it cannot do."""


class Reference:
    """An object of the program in the process of the test."""

    def __init__(self, number, ask, leave):
        self.__dict__.update(_number=number, _ask=ask, _leave=leave)

    def __getattr__(self, name):
        return self._ask("get", self, name)

    def __setattr__(self, name, value):
        self._ask("set", self, name, value)

    def __call__(self, *arguments, **named):
        return self._ask("call", self, list(arguments), named)

    def __bool__(self):
        return self._ask("truth", self)

    def __instancecheck__(self, x):
        return self._ask("isinstance", x, self) if type(x) is Reference else self._leave("__instancecheck__")

    @property
    def __class__(self):
        self._leave("the class of an object")


def forwarded(name):
    def method(self, *arguments):
        try:
            found = self.__getattr__(name)
        except AttributeError:
            if name in ("__len__", "__next__", "__setitem__", "__delitem__"):
                raise TypeError("an object of the program has no %s" % name) from None
            self._leave(name)  # Python may have another way to do it
        return found(*arguments)

    return method


def refused(name):
    def method(self, *arguments, **named):
        if name == "eq" and type(arguments[0]).__name__ == "Approx":
            return NotImplemented  # it compares what it gets of the object
        self._leave("__%s__" % name)

    return method


for special in "delitem enter exit format getitem iter len next repr reversed setitem str".split():
    setattr(Reference, "__%s__" % special, forwarded("__%s__" % special))
for special in """abs add aenter aexit aiter and anext await bytes ceil complex contains copy deepcopy delattr dir divmod
eq float floor floordiv ge get gt hash index int invert isub le lshift lt matmul mod mro_entries
mul ne neg or pos pow radd rand rdivmod reduce reduce_ex rfloordiv rlshift rmatmul rmod rmul ror round rpow rrshift
rshift rsub rtruediv rxor set_name sub subclasscheck truediv trunc xor""".split():
    setattr(Reference, "__%s__" % special, refused(special))


def run_test(request, frame, ask_end, hear_end, budget, seconds):
    """Runs a test's script beside the program, in a process that the program never enters.

    What cannot be done from here is told as BEYOND: the test then has to run where the program does.
    """
    report = Report(frame)
    heard = open(hear_end, "rb")
    references, beyond, widened, copies, forgotten = {}, [], [], {}, []
    scope, given, free, bound = {}, {}, set(), set()  # given: the program's values of free names, as the test last got them
    step = None  # the method of an iterator that may stop
    asked = fetched = 0  # questions, and those of them that came before the test
    functions = {}  # references to what the test knows by a name of its own
    nans = [math.nan]  # equal lists hold the same one

    def late(signal_number, where):
        report.say("TIMEOUT", '"the test\'s own CPU time"')
        os._exit(0)

    def leave(what, own=False):
        beyond.append("%s%s" % ("the test's own: " if own else "", what))
        raise Beyond(what)

    def decoded(pairs):
        if "$object" not in pairs:
            return nans[-1] if pairs == NAN else decode_tag(pairs)
        number = pairs["$object"]
        return references.setdefault(number, Reference(number, ask, leave))

    def number(x):
        if type(x) is not Reference:
            leave("an argument of type " + type_name(type(x)), not references.keys() - functions)
        return x.__dict__["_number"]

    def look_for_changes():
        """Whether the test changed something that the program has as well, or has in two places."""
        for turn, (values, parts, before, lost) in list(copies.items()):
            if not still_has(values):
                if not lost:
                    del copies[turn]
                    forgotten.append(turn)
            elif not has_parts(values, parts) and encode(values, budget, number) != before:
                leave("a change to what the program has")
        if len(copies) > MAX_KEPT:
            leave("many values that the program has as well")

    def ask(what, *operands):
        nonlocal asked, step
        look_for_changes()
        asked += 1
        try:
            question = encode([forgotten, what, *operands], budget, number)
            forgotten.clear()
        except (NotAValue, TooLarge):
            leave("an argument that is no value", asked == fetched + 1)
        if '"nan"' in question:
            nans.extend(x for x in parts_of(list(operands)) if type(x) is float and x != x)
        write_all(ask_end, question.encode() + b"\n")
        line = heard.readline(2 * budget)
        if not line.endswith(b"\n"):
            raise EOFError("the program ended")
        value, arguments, named, error, lost, has, changed, rebound = json.loads(line, object_hook=decoded)
        for turn in changed:
            values, _, _, was_lost = copies.pop(turn, ((), (), "", False))
            if was_lost or still_has(values):
                leave("a value that the program has changed since")
        if rebound is None:
            leave("a name of the program's")
        for name, now in rebound.items():
            if name in bound:
                leave("a name of the program's and of the test's")
            if name in free and scope.get(name, scope) is given.get(name, scope):  # the test has none of its own
                scope[name] = given[name] = now
        before = [*operands[1], *operands[2].values()] if what == "call" else list(operands[2:]) if what == "set" else []
        if arguments is not None:
            for one, after in zip(before, (*arguments, *named.values())):
                restore(one, after)
        if has:
            mine = [value, *before, *rebound.values()]
            told = encode(mine, budget, number)  # refuses what contains itself, of which the parts have no end
            copies[asked] = mine, tuple(parts_of(mine)), told, lost
        if error:
            if "StopIteration" in error[0] and not (what == "call" and operands[0] is step):
                leave("StopIteration")  # it would end a loop of the test's
            if len(error[0]) > 1:
                widened.append(True)
            raise raised(leave, *error)
        if lost:
            widened.append(True)
        if what == "get" and operands[1] in ("__next__", "send", "throw"):
            step = value
        return value

    def still_has(values):
        """Whether the test still has something of what it was given, or gave."""
        return any(references > SOME_MORE for _, references, _ in outside(values))

    def restore(before, after):
        """Makes an argument of the test what the program made of it."""
        if type(before) in UNCHANGING or type(before) is set and before == after:
            return
        if encode(before, budget, number) == encode(after, budget, number):  # 1 and 1.0 differ, and NaN does not
            return
        if type(before) not in (list, dict, set):
            leave("a change in an argument of type " + type_name(type(before)))
        if still_has(before):
            leave("a change inside an argument")
        if type(before) is list:
            before[:] = after
        else:
            before.clear()
            before.update(after)

    class ProgramModule(types.ModuleType):
        def __setattr__(self, name, value):
            leave("a name of the program's")

    def module_of_program(name):
        def attribute(name):
            try:
                return ask("name", name)
            except KeyError:
                raise AttributeError(name) from None

        module = ProgramModule(name)
        vars(module).update(__getattr__=attribute, __all__=())  # free names come from the program anyway
        return module

    def type_of(x):
        return leave("type") if type(x) is Reference else type(x)

    def is_callable(x):
        return leave("callable") if type(x) is Reference else callable(x)

    def judged():
        """The outcome, with what belongs to it."""
        nonlocal scope, fetched
        harness = dict(__builtins__=__builtins__)
        exec(HARNESS[0], harness)
        tree = ast.parse(request["script"], "test.py")
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        sys.modules.update((name, module_of_program(name)) for name in harness["PROGRAM_MODULES"])
        modules, names = harness["free_names"](tree, request["entry"])
        free.update(names)
        bound.update(harness["bound_names"](tree))
        scope = main.__dict__
        scope.update((name, __import__(name)) for name in modules)
        if harness["only_called"](tree, "type"):
            scope["type"] = type_of
        scope["callable"] = is_callable
        for name in sorted(names):
            try:
                scope[name] = given[name] = ask("name", name)
            except KeyError:
                pass  # a name of the test's own, or of nobody, or one that the program has later
        rebound = sorted(harness["handed"](tree) & given.keys())
        for name in ask("read", rebound) if rebound else ():
            leave("a name of the program's")
        functions.update(references)
        fetched = asked
        try:
            # A value of the program's that came before the test is part of what the test can check.
            constant = any(type(given[name]) is not Reference for name in harness["only_read"](tree) & given.keys())
            touched = lambda: constant or asked > fetched
            if not harness["Run"](*harness["prepared"](tree, False), request["entry"], scope, touched).run():
                return "WRONG_ANSWER", "no check of the test that depends on the program ran"
            return "PASSED", None
        except AssertionError as error:
            return "WRONG_ANSWER", describe(error, False)[1]

    try:
        signal.signal(signal.SIGPROF, late)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            outcome, text = judged()
        except BaseException as error:
            outcome, text = describe(error, False)
        try:
            look_for_changes()
        except Beyond:
            pass  # it is noted
        if outcome != "PASSED" and (widened or references.keys() - functions):
            beyond.append("an object of the program had a part in a failure")
        if beyond:
            return report.say("BEYOND", to_json(beyond[0]))
        report.say(outcome, to_json(text))
        if outcome == "PASSED":
            report.end(request["seal"])
    except BaseException as error:
        report.fail(error)


def keep_test(request, frame, ask_end, hear_end, secret):
    """Holds a test until the program beside which it will run is loaded, and says what the program's process told.

    The program's process had `secret` before the program, and keeps it: what crosses the pipes, which the program may
    read and replace, is a mark that the test begins, the test under a mask, and a mark that only a held test earns.
    """
    report = Report(frame)
    begins, held, masked = marks_of(secret)
    try:
        harness = dict(__builtins__=__builtins__)
        exec(HARNESS[0], harness)
        tree = ast.parse(request["script"], "test.py")
        modules, names = harness["free_names"](tree, request["entry"])
        handed, patches = sorted(harness["handed"](tree)), harness["patches_modules"](tree)
        dotted = harness["imported_modules"](tree)
        code, roots = harness["prepared"](tree)  # which changes the tree
        other = {"", "pytest", "builtins", "sys", *harness["PROGRAM_MODULES"]}
        known = sorted(n for n in dotted | roots | modules if n.split(".")[0] not in other)
        write_all(ask_end, to_json([known, patches]).encode() + b"\n")
        heard = open(hear_end, "rb")
        if heard.readline(100) != begins + b"\n":
            return report.say("RUNTIME_ERROR", '"the program ended before the test began"')
        names = sorted(modules), handed
        load = marshal.dumps((HARNESS[0], code, sorted(roots), request["entry"], *names, hash(request["script"])))
        write_all(ask_end, struct.pack(">I", len(load)) + masked(load))
        said = heard.readline(1 << 16)
        mark, _, rest = said.partition(b" ")
        outcome, text = json.loads(rest) if mark in (begins, held) and rest.endswith(b"\n") else ("", "")
        if not outcome or (outcome == "PASSED") != (mark == held):
            return report.say("RUNTIME_ERROR", '"the program ended before the test did"')
        report.say(outcome, to_json(text))
        if outcome == "PASSED":
            report.end(request["seal"])
    except BaseException as error:
        report.fail(error)


# What shows a program the frames, and so the variables, of those who run it.
REVEALING = """sys._getframe sys._current_frames sys._current_exceptions gc.get_objects gc.get_referrers gc.get_referents
sys.settrace sys.setprofile sys.monitoring.register_callback sys.addaudithook""".split()
FRAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame")
# What judges in a test; not what a test may patch, such as time or random.
JUDGING = """ast builtins cmath collections copy datetime decimal fractions functools importlib importlib.util itertools
json math numbers operator re statistics string sys types unittest unittest.case unittest.loader unittest.main
unittest.runner unittest.suite unittest.result""".split()


NOT_HERE = "the sandbox forbids this where a test and its program share a process"

TP_CALL, TP_NEW = 128, 312  # where a type object has these, since Python 3.8


def disarm_ctypes():
    """Leaves ctypes without a function to call and a way to make objects: they reach all memory, past every audit hook."""
    word = ctypes.c_void_p
    probe = type("Probe", (int,), {})
    news = [word.from_address(id(cls) + TP_NEW).value for cls in (probe, int, float)]
    if news[0] != news[1] or news[0] == news[2]:
        raise OSError("types are laid out as in no Python that is known")
    data = [word.__mro__[-2]]
    for cls in data:
        data += type.__subclasses__(cls)
    cells = [word.from_address(id(cls) + TP_NEW) for cls in data]
    cells += [word.from_address(id(cls) + TP_CALL) for cls in data if issubclass(cls, ctypes._CFuncPtr)]
    for cell in cells:
        cell.value = None


def keep_garbage_out():
    """Makes gc.set_debug do what gc.get_count does: else gc.garbage shows the program the frames of those who run it."""
    word, methods = ctypes.c_void_p, []
    for function in (gc.set_debug, gc.get_count):
        methods.append(word.from_address(id(function) + object.__basicsize__).value)
        if ctypes.string_at(word.from_address(methods[-1]).value) != function.__name__.encode():
            raise OSError("functions are laid out as in no Python that is known")
    step = ctypes.sizeof(word)
    word.from_address(methods[0] + step).value = word.from_address(methods[1] + step).value


def add_guard():
    """Refuses for good what would show the program this process's frames, or let it make code of bytes.

    Code comes from texts, from Python's own compiled modules, and from what is put in the list that this returns.
    """
    revealing, frames, opened, expected = frozenset(REVEALING), frozenset(FRAMES), [""], []
    own = frozenset(("test.py", "harness.py"))  # whose text is trusted
    open, library = io.FileIO, tuple(folder + "/" for folder in sys.path)
    plain = {function.__code__.co_code for function in (_sleep, _wrap_awaitable)}

    def is_compiled_library(data):
        """Whether Python reads one of its own compiled modules."""
        try:
            with open(opened[0]) as file:
                return file.read()[16:] == data
        except OSError:
            return False

    def is_source(source, name):
        """Whether Python compiles a file as it is: who judges trusts what lies in files."""
        try:
            with open(name) as file:
                return name.startswith(library) and file.read() in (source, str(source).encode())
        except OSError:
            return False

    def guard(event, arguments):
        if event == "object.__getattr__":
            if arguments[1] in frames:
                raise RuntimeError(NOT_HERE)
        elif event == "open":
            if type(arguments[0]) is str and arguments[0][-4:] == ".pyc" and arguments[0].startswith(library):
                opened[0] = arguments[0]
        elif event == "compile":
            name = arguments[1]
            if name is not None and (type(name) is not str or name in own or name[:1] == "/" and not is_source(*arguments)):
                raise RuntimeError(NOT_HERE)
        elif event in revealing:
            # What the standard library expects of a Python without frames.
            raise (ValueError if event == "sys._getframe" else RuntimeError)(NOT_HERE)
        elif event[:7] == "ctypes.":
            raise RuntimeError(NOT_HERE)
        elif event == "code.__new__" and (arguments[0] not in plain or type(arguments[1]) is not str or arguments[1] in own):
            raise RuntimeError(NOT_HERE)
        elif event == "marshal.loads" and arguments[0] not in expected and not is_compiled_library(arguments[0]):
            raise RuntimeError(NOT_HERE)

    sys.addaudithook(guard)
    return expected


def _sleep():
    """As asyncio has it, which makes a coroutine of it, with code of its own."""
    yield


def _wrap_awaitable(awaitable):
    """As asyncio has it."""
    return (yield from awaitable.__await__())


def read_line(descriptor, read=os.read):
    line = b""
    while line[-1:] != b"\n":
        part = read(descriptor, 1 << 12)
        if not part:
            raise OSError("the test's process ended")
        line += part
    return line


def is_changeable(x):
    """Whether it is a class of which a program can change attributes."""
    return issubclass(type(x), type) and bool(x.__flags__ & 0x200)


ABSENT = object()


class Saved:
    """What modules and classes were: their names, and what their functions do.

    Of some only what can be called counts: their other names may change in use.
    """

    def __init__(self, whole, callables, view=vars, callable=callable, function=types.FunctionType):
        self.view, self.names, self.codes = view, [], []
        for x in whole:
            self.names.append((x, dict(view(x))))
        for x in callables:
            self.names.append((x, {name: value for name, value in view(x).items() if callable(value)}))
        for x, names in self.names:
            for value in names.values():
                if type(value) in (staticmethod, classmethod):
                    value = value.__func__
                if type(value) is function:
                    self.codes.append((value, value.__code__, value.__defaults__, value.__kwdefaults__))

    def differences(self, isinstance=isinstance, type=type):
        """What is other than it was: the thing, a name of it, and what it was, ABSENT if it was not."""
        for x, old in self.names:
            now = self.view(x)
            for name, value in old.items():
                if now.get(name) is not value:
                    yield x, name, value
            if isinstance(x, type) and len(now) > len(old):  # a new name counts where it hides one of a base
                for name in list(now):
                    if name not in old and any(name in self.view(base) for base in x.__mro__[1:]):
                        if callable(now[name]):
                            yield x, name, ABSENT
        for function, code, defaults, named in self.codes:
            if function.__code__ is not code:
                yield function, "__code__", code
            if function.__defaults__ is not defaults:
                yield function, "__defaults__", defaults
            if function.__kwdefaults__ is not named:
                yield function, "__kwdefaults__", named

    def changed(self):
        return [name for _, name, _ in self.differences()]

    def restore(self, set=setattr, delete=delattr):
        for x, name, value in [*self.differences()]:
            if value is ABSENT:
                delete(x, name)
            else:
                set(x, name, value)


def marks_of(secret):
    """The mark that a test begins, the mark that it held, and what masks a test and takes the mask off."""
    from hashlib import shake_256

    begins, held = (shake_256(secret + what).hexdigest(16).encode() for what in (b"begins", b"held"))
    mask, number = shake_256(secret + b"mask").digest, int.from_bytes

    def masked(data):
        size = data.__len__()
        return (number(data, "big") ^ number(mask(size), "big")).to_bytes(size, "big")

    return begins, held, masked


def shared_test(secret, asked, answers, restrict):
    """Called before the program is loaded; what it returns runs the test in the program's own process.

    It holds, from before, all that it needs, so that a program that patches modules or builtins patches nothing here.
    What judges in the standard library must be as it was, when the test starts and when it has ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # asyncio would install a handler of its own
    # A test's limit on its own time is of no use: the sandbox has one.
    signal.signal = lambda number, handler: signal.SIG_DFL
    signal.alarm = lambda seconds: 0
    signal.setitimer = lambda which, seconds, interval=0.0: (0.0, 0.0)
    traceback.walk_tb = traceback._walk_tb_with_full_positions = lambda trace: ()  # it would look at frames
    begins, holds, masked = marks_of(secret)
    restrict()
    used, patches = json.loads(read_line(asked))
    for name in [*JUDGING, *used]:
        try:
            __import__(name)
        except Exception:  # the test will say so
            pass
    pristine = dict(vars(builtins))
    modules = sys.modules
    judging = {name: modules[name] for name in JUDGING}
    kept = [module for name, module in judging.items() if name not in ("builtins", "sys")]  # a test may patch those
    kept += [c for m in kept for c in vars(m).values() if is_changeable(c)]
    others = [modules[name] for name in used if name in modules and modules[name] not in kept]
    others += [m for x in others for m in vars(x).values() if type(m) is types.ModuleType and m not in (builtins, sys)]
    others += [c for m in others for c in vars(m).values() if is_changeable(c)]
    before = Saved(kept, others)
    judging.update((name, modules[name]) for name in used if name in modules)
    for name in [name for name in modules if name.split(".")[0] == "unittest"]:
        judging[name] = modules.pop(name)  # a program's own unittest is another
    read, write, run, size = os.read, os.write, exec, struct.Struct(">I").unpack
    json_of, say, exceptions = json.JSONEncoder().encode, describe, (AssertionError, BaseException)
    view, block, namespace_of, function = vars, os.set_blocking, types.SimpleNamespace, types.FunctionType
    keep_garbage_out()
    disarm_ctypes()
    expected, loads = add_guard(), marshal.loads

    def test(module, program_code):
        namespace = view(module)
        write(answers, begins + b"\n")
        rest = size(read(asked, 4))[0]
        load = b""
        while len(load) < rest:
            load += read(asked, rest - len(load))
        load = masked(load)
        expected.append(load)
        harness_code, code, roots, entry, used, names, turns = loads(load)
        before.restore()
        modules.update(judging)
        harness = {"__builtins__": pristine, "__warningregistry__": {}}  # which warnings would add
        run(harness_code, harness)
        harness["TURNS"][0] = turns

        class Scope(dict):
            """The test's names, and behind them the program's as they are."""

            def __missing__(self, name):
                if name in pristine:
                    raise KeyError(name)
                return namespace[name]

            def __contains__(self, name):
                return super().__contains__(name) or name in namespace and name not in pristine

            def get(self, name, default=None):
                return self[name] if name in self else default

        scope = Scope({name: __import__(name) for name in used}, __builtins__=pristine)
        if entry in namespace:
            scope[entry] = namespace[entry]
        for name in harness["names_in_classes"](code):  # Python looks there for names past a dict's own methods
            if name in namespace and name not in pristine:
                scope.setdefault(name, namespace[name])
        program = harness["names_in"](program_code)
        handed = {name: scope.get(name) for name in names if name in program and name not in pristine}

        def bound():
            for name, before in handed.items():
                if scope.get(name) is not before:
                    namespace[name] = handed[name] = scope[name]

        def reload(x):
            if x is not module:
                return reload_other(x)
            run(program_code, namespace)
            return x

        reload_other, judging["importlib"].reload = judging["importlib"].reload, reload
        modules.update(dict.fromkeys(harness["PROGRAM_MODULES"], module))
        try:
            test = harness["Run"](code, roots, entry, scope, lambda: 1, bound)
            own = [x for x in harness.values() if type(x) is type and x.__module__ == harness["Run"].__module__]
            runner = [modules["pytest"]] if "pytest" in roots else []
            own.append(namespace_of(**{n: f for n, f in harness.items() if type(f) is function}))
            start = Saved(kept + own + runner, () if patches else others)
            tables = [(x, dict(x)) for x in (harness, pristine)]
            held = test.run()
            outcome = ("PASSED", None) if held else ("WRONG_ANSWER", "no check of the test that depends on the program ran")
        except exceptions[0] as error:
            outcome = "WRONG_ANSWER", say(error, False)[1]
        except exceptions[1] as error:
            outcome = say(error, False)
        if outcome[0] == "PASSED":
            names = start.changed()
            names += [n for n, module in judging.items() if modules.get(n) is not module and not patches]
            names += [n for x, old in tables for n in old.keys() | x.keys() if old.get(n, old) is not x.get(n, x)]
            if names:
                outcome = "RUNTIME_ERROR", "the program changed what judges: %s" % names[0]
        mark = holds if outcome[0] == "PASSED" else begins
        write(answers, mark + b" " + json_of(outcome).encode() + b"\n")
        block(asked, True)
        read(asked, 1)  # its keeper ends with this process, so it must have been heard

    return test


def raised(leave, kinds, arguments, attributes, text):
    """The exception of the program's: of a class of Python's, or of one that stands for the program's and has its bases."""
    cls = __builtins__.get(kinds[-1])
    if arguments is None or kinds[-1] == "NameError" or type(cls) is not type or not issubclass(cls, Exception):
        leave("an exception " + kinds[0])

    def attribute(error, name):
        if name[:2] == "__":
            raise AttributeError(name)
        leave("an attribute of an exception " + kinds[0])

    try:
        for i in range(len(kinds) - 2, -1, -1):
            own = dict(__str__=lambda error: text, __getattr__=attribute)
            cls = library_exception(kinds[i:]) or type(kinds[i].rpartition(".")[2], (cls,), own)
        error = cls.__new__(cls, *arguments) if len(kinds) > 1 else cls(*arguments)
        error.args = arguments
        vars(error).update(attributes)
    except Exception:
        leave("an exception " + kinds[0])
    return error


def library_exception(kinds):
    """The exception of a module of Python's with these names, but for those that end or skip a test."""
    module, _, name = kinds[0].rpartition(".")
    root = module.partition(".")[0]
    if root not in getattr(sys, "stdlib_module_names", ()) or root in ("unittest", "doctest", "__main__"):
        return None
    found = vars(sys.modules.get(module, types.SimpleNamespace())).get(name)  # a test that names it has imported it
    return found if type(found) is type and exception_names(found) == kinds else None


def flush(*files):
    """Flushes as Python does at its end, which takes an error for one of the program's."""
    for file in files:
        if file is not None and not getattr(file, "closed", False):
            file.flush()


def free(names):
    """Frees what a program's names hold, as Python does at its end, when an open file writes its rest."""
    for name in list(names):
        if name != "__builtins__":
            names[name] = None
    gc.collect()


FLUSHES = (
    (io.TextIOWrapper, io.TextIOWrapper.flush),
    (io.BufferedWriter, io.BufferedWriter.flush),
    (io.BufferedRandom, io.BufferedRandom.flush),
)


def flush_files(own=(sys.stdout, sys.stdout.buffer, sys.stderr)):
    """What files still hold that nothing frees before the process ends; an error counts no more."""
    files = [x for x in gc.get_objects() if isinstance(x, io.IOBase)]
    for kind, flush in FLUSHES:
        for file in (*files, *own):
            try:
                if isinstance(file, kind):
                    flush(file)
            except Exception:  # closed, detached, full
                pass


def read_exactly(descriptor, size):
    parts = []
    while size:
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            os._exit(0)  # the JVM is gone
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


# ---------------------------------------------------------------------------------------------------------
# The worker's side.


def capabilities():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1], 16) for line in status if line.startswith("CapEff"))


def limit(kind, value, get=resource.getrlimit, set=resource.setrlimit):
    """Sets a limit that can never be raised again; a stricter one of the host's stays."""
    hard = get(kind)[1]
    if hard != resource.RLIM_INFINITY and hard < value:
        value = hard
    set(kind, (value, value))


CAPABILITY_HEADER = struct.pack("<Ii", 0x20080522, 0)
NO_CAPABILITY = bytes(24)
SYS_ADMIN = struct.pack("<6I", 1 << 21, 1 << 21, 0, 0, 0, 0)


def set_capabilities(sets):
    check(libc.capset(CAPABILITY_HEADER, sets), "capset")


def enter_namespaces(user_namespace, network):
    """The namespaces that programs may share, since nothing of one program is left when the next starts."""
    user, group = os.geteuid(), os.getegid()
    check(libc.unshare(NEWNS | NEWUTS | (NEWUSER if user_namespace else 0) | (NEWNET if network else 0)), "unshare")
    if user_namespace:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", "%d %d 1" % (PROGRAM_UID, user)),
            ("gid_map", "%d %d 1" % (PROGRAM_UID, group)),
        ):
            with open("/proc/self/" + name, "w") as file:
                file.write(text)
    check(libc.sethostname(b"sandbox", 7), "sethostname")


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass  # the program died before it had a group


def reap_orphans(options):
    """Takes note of the end of processes whose program ended first."""
    try:
        while os.waitpid(-1, options)[0]:
            pass
    except ChildProcessError:
        pass


# ---------------------------------------------------------------------------------------------------------
# The control group: a second limit on memory, over all that a program starts, where this user may make one.

GROUP_ROOM = 128 << 20  # for the worker itself, and for what the kernel charges beside a program's pages


class Group:
    """A control group for memory, version 2 or 1. Its worker is in it, so its clones are born there."""

    def __init__(self):
        self.folder, self.limit, self.events = "", None, None
        self.bytes = self.kills = 0

    def enter(self):
        """Makes the group and moves this process there; an OSError says why that cannot be."""
        parent, names = self._parent()
        self._remove_dead(parent)
        folder = os.path.join(parent, "atomforge-%d" % os.getpid())
        os.mkdir(folder)
        try:
            files = [os.open(os.path.join(folder, name), flags) for name, flags in names]
            with open(os.path.join(folder, "cgroup.procs"), "w") as processes:
                processes.write("0")
        except OSError:
            os.rmdir(folder)
            raise
        self.limit, self.events = files
        self.folder, self.kills = folder, self._kills()

    @staticmethod
    def _parent():
        with open("/proc/self/cgroup") as lines:
            paths = {controllers: path for _, controllers, path in (l.rstrip("\n").split(":", 2) for l in lines)}
        if "memory" in paths:
            return "/sys/fs/cgroup/memory" + paths["memory"], (
                ("memory.limit_in_bytes", os.O_WRONLY),
                ("memory.oom_control", os.O_RDONLY),
            )
        return "/sys/fs/cgroup" + paths.get("", "/"), (("memory.max", os.O_WRONLY), ("memory.events", os.O_RDONLY))

    @staticmethod
    def _remove_dead(parent):
        """Groups of workers whose JVM was killed."""
        for name in os.listdir(parent):
            if name.startswith("atomforge-") and not os.path.exists("/proc/" + name[len("atomforge-") :]):
                try:
                    os.rmdir(os.path.join(parent, name))
                except OSError:
                    pass

    def _kills(self):
        words = os.pread(self.events, 1000, 0).split()
        return int(words[words.index(b"oom_kill") + 1]) if b"oom_kill" in words else 0

    def allow(self, memory_mib):
        """Sets what all processes of the next program may use together."""
        size = (memory_mib << 20) + GROUP_ROOM
        if self.limit is not None and size != self.bytes:
            os.pwrite(self.limit, b"%d" % size, 0)
            self.bytes = size

    def killed_one(self):
        """Whether the kernel ended a process of this group for want of memory since this was last asked."""
        if self.events is None:
            return False
        before, self.kills = self.kills, self._kills()
        return self.kills > before


class Worker:
    """The state of one worker at one level of isolation."""

    def __init__(self, level, user_namespace, program_user, source, sink, root, group):
        self.source, self.sink, self.group = source, sink, group
        self.processes = os.open("/proc", os.O_PATH)
        self.namespaces = 0
        self.rules = None
        self.filter = None
        privileged = not user_namespace and capabilities() & 0xC0 == 0xC0  # CAP_SETGID, CAP_SETUID
        self.own_user = user_namespace or (privileged and program_user)
        self.namespaced = level in ("FULL", "NO_NETWORK_NAMESPACE")
        if self.namespaced:
            enter_namespaces(user_namespace, level == "FULL")
            build_world(root)
            self.scratch = Scratch()
            self.namespaces = NEWPID | NEWIPC
        elif level == "NO_NAMESPACES":
            self.rules = landlock()
        if not self.namespaced:
            check(libc.prctl(36, 1, 0, 0, 0), "prctl")  # PR_SET_CHILD_SUBREAPER: the JVM may be a pid 1 that reaps none
            os.chdir(root)  # the JVM deletes it, and in a deleted folder nothing can be made
        self.ready, self.ready_end = os.pipe()
        os.set_blocking(self.ready, False)
        flags = ctypes.c_ulong(self.namespaces | signal.SIGCHLD)
        self.clone = ctypes.c_long(syscall_number("clone")), flags, None, None, None, None
        self.poll = select.poll()
        self.poll.register(source, 0)  # hang-up only
        if privileged and program_user:
            check(libc.prctl(8, 1, 0, 0, 0), "prctl")  # PR_SET_KEEPCAPS
            os.setgroups([])
            os.setresgid(PROGRAM_UID, PROGRAM_UID, PROGRAM_UID)
            os.setresuid(PROGRAM_UID, PROGRAM_UID, PROGRAM_UID)
        set_capabilities(SYS_ADMIN if self.namespaced else NO_CAPABILITY)
        for kind, value in (
            (resource.RLIMIT_NOFILE, 64),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MEMLOCK, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
        ):
            limit(kind, value)
        soft, hard = resource.getrlimit(resource.RLIMIT_STACK)  # the address space is limited anyway
        stack = STACK if hard == resource.RLIM_INFINITY else min(STACK, hard)
        resource.setrlimit(resource.RLIMIT_STACK, (stack, hard))
        check(libc.prctl(38, 1, 0, 0, 0), "prctl")  # PR_SET_NO_NEW_PRIVS
        if level != "PROCESS":
            Filter(
                DENIED + ([] if self.namespaced else WRITES),
                CONDITIONS,
                absent=("clone3", "openat2"),  # their flags lie behind a pointer; libc falls back to the older calls
            ).install()
            conditions = () if self.namespaced else WRITE_CONDITIONS
            self.filter = Filter(PROGRAM_DENIED, PROGRAM_CONDITIONS + conditions)
            self.shared_filter = Filter(SHARED_DENIED, ())
        check(libc.prctl(4, 0, 0, 0, 0), "prctl")  # not dumpable: no clone may read this process
        RESERVE.append(bytes(1 << 18))
        self.base_bytes = self._address_space()

    def _address_space(self):
        statm = os.open("self/statm", os.O_RDONLY, dir_fd=self.processes)
        pages = int(os.read(statm, 100).split()[0])
        os.close(statm)
        return pages * resource.getpagesize()

    def _processes_of(self, pid):
        """A program's process, and that of its test."""
        try:
            file = os.open("%d/task/%d/children" % (pid, pid), os.O_RDONLY, dir_fd=self.processes)
        except OSError:
            return [pid]
        try:
            return [pid, *map(int, os.read(file, 100).split())]
        except (OSError, ValueError):
            return [pid]
        finally:
            os.close(file)

    def _waited(self, pid):
        """Seconds that the program was ready to run while others held the cores."""
        try:
            file = os.open("%d/schedstat" % pid, os.O_RDONLY, dir_fd=self.processes)
        except OSError:
            return 0.0
        try:
            return int(os.read(file, 100).split()[1]) / 1e9
        except (OSError, IndexError):
            return 0.0
        finally:
            os.close(file)

    def _confine(self, kept, streams, limits, ready):
        """Takes from this clone all that a program must not have.

        `kept` are its descriptors beside the `streams` 0 to 2; `ready` is told when it is done.
        """
        _, cpu_ms, _, memory_mib, result_kib, printed_kib = limits
        if self.filter is None:
            os.setsid()
        for number in (2, 1, 0):  # the worker's own 0 is /dev/null
            os.dup2(streams[number], number)
        if self.namespaced:
            os.chdir("/tmp")
            set_capabilities(NO_CAPABILITY)
        check(libc.prctl(1, 9, 0, 0, 0), "prctl")  # PR_SET_PDEATHSIG
        limit(resource.RLIMIT_AS, self.base_bytes + (memory_mib << 20))
        limit(resource.RLIMIT_CPU, cpu_ms // 1000 + 2)
        limit(resource.RLIMIT_FSIZE, (max(result_kib, printed_kib) << 10) + FRAME_SLACK)
        if self.own_user:
            limit(resource.RLIMIT_NPROC, MAX_THREADS)
        if self.rules is not None:
            syscall("landlock_restrict_self", self.rules, 0)
        if self.filter is not None:
            self.filter.install()
        os.write(ready, READY)  # fails if the worker died too early for PR_SET_PDEATHSIG
        first = 3
        for descriptor in sorted(kept):
            os.closerange(first, descriptor)
            first = descriptor + 1
        os.closerange(first, 64)

    def _clone_for_test(self, read_script, frame, limits, secret):
        """A clone of this clone, which the program will not enter, runs or keeps the test; the ends to answer it."""
        asked, ask_end = os.pipe()
        hear_end, answers = os.pipe()
        if syscall("clone", signal.SIGCHLD, 0, 0, 0, 0):
            os.close(ask_end)
            os.close(hear_end)
            if os.read(asked, 1) != READY:
                raise OSError("the test's process was not confined")
            return asked, answers
        try:
            script = read_script()
            self._confine((frame, ask_end, hear_end), [os.open("/dev/null", os.O_RDWR)] * 3, limits, ask_end)
            if secret:
                keep_test(json.loads(script), frame, ask_end, hear_end, secret)
            else:
                run_test(json.loads(script), frame, ask_end, hear_end, limits[4] << 10, limits[1] / 1e3)
        finally:
            os._exit(0)

    def _clone(self, read, frames, output, limits):
        pid = check(libc.syscall(*self.clone), "clone")
        if pid:
            return pid
        exit = os._exit
        frame, script_frame = frames
        budget = limits[4] << 10
        try:
            try:
                os.close(self.ready)  # only the worker reads it, so that its death shows when the clone writes
                kind, size = BODY.unpack(read(BODY.size))
                text = read(size)
                rest = limits[0] - BODY.size - size
                # Opened anew, since flags of a file that programs share would tell one of another.
                null = os.open("/dev/null", os.O_RDWR)
                test, streams, secret = (), [null] * 3, b""
                if kind in (SCRIPT, SHARED):
                    secret = os.urandom(16).hex().encode() if kind == SHARED else b""
                    test = self._clone_for_test(lambda: read(rest), script_frame, limits, secret)
                elif kind == INPUT:
                    streams = [self._stdin(read(rest)), output, null]
                    frame = os.dup2(frame, LAST_FILE)  # away from those that programs give numbers to
                self._confine((frame, *test), streams, limits, self.ready_end)
            except BaseException as error:
                os.write(self.ready_end, ("%s" % error).encode()[:MAX_ERROR])
                exit(1)
            request, _ = from_json(text.decode(), 0)
            del text
            threading.stack_size = _thread.stack_size = stack_size_below(limits[3] << 18)
            if kind == INPUT:
                run_main(request, frame)
            elif secret:
                restrict = self.shared_filter.install if self.filter is not None else lambda: None
                run_program(request, frame, budget, test, shared=shared_test(secret, *test, restrict))
            else:
                run_program(request, frame, budget, test)
            exit(0)
        except MemoryError:
            os.write(frame, b'["MEMORY_LIMIT",0,"MemoryError"]\n')
        finally:
            exit(1)

    @staticmethod
    def _stdin(content):
        file = os.memfd_create("stdin")
        write_all(file, content)
        os.lseek(file, 0, os.SEEK_SET)
        return file

    def _watch(self, pid, cpu_limit, wall_limit):
        """Waits for the end of a program, or ends it; why it ended."""
        clock = (~pid << 3) | 2  # the CPU clock of another process, clock_getcpuclockid(3)
        started = time.monotonic()
        used, waited, cause = 0.0, 0.0, ENDED
        try:
            handle = os.pidfd_open(pid)
        except (AttributeError, OSError):
            return self._watch_in_ticks(pid, clock, cpu_limit, started, wall_limit)
        self.poll.register(handle, select.POLLIN)
        try:
            while True:
                left = started + wall_limit + waited - time.monotonic()
                # Half of what is left, since two threads can use it up in half the time.
                tick = max(0.001, min((cpu_limit - used) / 2, left))
                events = dict(self.poll.poll(tick * 1e3))
                if handle in events:
                    return cause
                if self.source in events:
                    os._exit(0)  # the JVM is gone, and with this process its clones
                if cause != ENDED:
                    continue
                try:
                    used = time.clock_gettime(clock)
                except OSError:
                    continue
                if used >= cpu_limit:
                    cause = CPU
                elif left <= 0:
                    # A program that others kept from running is not late; ten times the limit is.
                    waited = min(max(map(self._waited, self._processes_of(pid))), 9 * wall_limit)
                    if started + wall_limit + waited <= time.monotonic():
                        cause = WALL
                if cause != ENDED:
                    os.kill(pid, signal.SIGKILL)
        finally:
            self.poll.unregister(handle)
            os.close(handle)

    def _watch_in_ticks(self, pid, clock, cpu_limit, started, wall_limit):
        """The same without pidfd_open (Linux before 5.3)."""
        while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if self.poll.poll(2):
                os._exit(0)
            try:
                used = time.clock_gettime(clock)
            except OSError:
                continue
            elapsed = time.monotonic() - started
            late = elapsed > wall_limit and elapsed > wall_limit + min(self._waited(pid), 9 * wall_limit)
            if used >= cpu_limit or late:
                os.kill(pid, signal.SIGKILL)
                os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
                return CPU if used >= cpu_limit else WALL
        return ENDED

    def run(self, read, limits):
        """Runs one program in a clone: the header's fields without the frames' lengths, and the frames."""
        frames = os.memfd_create("frame"), os.memfd_create("script")
        output = os.memfd_create("output") if limits[5] else -1
        try:
            self.group.allow(limits[3])
            started = time.monotonic()
            try:
                pid = self._clone(read, frames, output, limits)
            except OSError as error:
                read(limits[0])
                os.pwrite(frames[0], str(error).encode(), 0)
                return (SETUP, 0, 0, 0, 0, 0), (*frames, output)
            cause = self._watch(pid, limits[1] / 1e3, limits[2] / 1e3)
            if self.filter is None:
                kill_group(pid)  # what the program started and left, while its pid is still its own
            _, status, usage = os.wait4(pid, 0)
            if not self.namespaced:
                # Behind the filter only a test's process can be left, and its program's end has killed it.
                reap_orphans(os.WNOHANG if self.filter is None else 0)
            wall = time.monotonic() - started
            if cause == ENDED and status & 0x7F == signal.SIGKILL and self.group.killed_one():
                cause = OUT_OF_MEMORY
            try:
                said = os.read(self.ready, MAX_ERROR)
            except BlockingIOError:
                said = b"the clone died before it was confined"
            cpu = usage.ru_utime + usage.ru_stime
            printed = os.lseek(output, 0, os.SEEK_END) if limits[5] else 0
            if said != READY:
                os.ftruncate(frames[0], 0)
                os.pwrite(frames[0], said, 0)
                cause, printed = SETUP, 0
            return (cause, status, int(cpu * 1e6), int(wall * 1e6), usage.ru_maxrss, printed), (*frames, output)
        except BaseException:
            for file in (*frames, output)[: 3 if limits[5] else 2]:
                os.close(file)
            raise

    def serve(self):
        """Answers requests until the JVM closes the pipe. The frame goes from kernel to kernel."""
        while True:
            limits = REQUEST.unpack(read_exactly(self.source, REQUEST.size))
            fields, files = self.run(lambda size: read_exactly(self.source, size), limits)
            sizes = [os.lseek(frame, 0, os.SEEK_END) for frame in files[:2]]
            write_all(self.sink, RESPONSE.pack(*fields, *sizes))
            if limits[5]:
                sizes.append(min(fields[-1], limits[5] << 10))
            for frame, size in zip(files, sizes):
                sent = 0
                while sent < size:
                    moved = os.sendfile(self.sink, frame, sent, size - sent)
                    if not moved:
                        os._exit(1)  # cut by a process that its program left behind, as one can at PROCESS
                    sent += moved
                os.close(frame)
            if self.namespaced:
                self.scratch.renew()


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


# ---------------------------------------------------------------------------------------------------------
# Starting: a level counts only if a program, run at it, finds refused what the level promises to refuse.

PROBE = """
import _socket, os
def f(x, y=None):
    refused = []
    for name, act in (
        ("socket", _socket.socket),
        ("process", os.fork),
        ("write", lambda: os.open("/probe", os.O_CREAT | os.O_WRONLY)),
        ("read", lambda: os.open("/proc/self/maps", os.O_RDONLY)),
    ):
        try:
            act()
        except OSError:
            refused.append(name)
    return [os.getpid() == 1, refused]
"""
ALL_REFUSED = ["socket", "process", "write", "read"]
PROMISED = {
    "FULL": [True, ALL_REFUSED],
    "NO_NETWORK_NAMESPACE": [True, ALL_REFUSED],
    "NO_NAMESPACES": [False, ALL_REFUSED],
    "FILTER_ONLY": [False, ALL_REFUSED[:3]],
}
# Touches once in the worker what nearly every program touches, so that its clones find the pages warm.
REHEARSAL = """
from dataclasses import dataclass
import collections, math, re
@dataclass
class Point:
    x: int
def f(x, y=None):
    counts = collections.Counter(str(x))
    try:
        raise ValueError(Point(1))
    except ValueError as error:
        text = "%s %d %.3f" % (error, len(counts), math.sqrt(2))
    print(text)
    if y:
        raise KeyError(text)
    return [{"a": [1, 2.5, None, True, text], 1: (1, 2)}, {1, 2}, frozenset(), b"x", re.sub("a", "b", "abc"), x]
"""


def payload(code, *calls):
    return json.dumps({"code": code, "entry": "f", "calls": calls, "stop": False, "seal": ""}).encode()


def probe(level, way, root, group):
    """None if `level` holds here, else why not. Tried in a fork, which takes half-made namespaces with it."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            worker = Worker(level, *WAYS[way], reader, writer, root, group)
            code = "import _socket\ndef f(x): return x" if level == "PROCESS" else PROBE
            expected = PROMISED.get(level, 1)
            program = payload(code, [[1], {}])
            body = io.BytesIO(BODY.pack(CALLS, len(program)) + program)
            fields, frames = worker.run(body.read, (len(body.getvalue()), 60_000, 60_000, 512, 64, 0))
            lines = os.pread(frames[0], os.fstat(frames[0]).st_size, 0).decode()
            if fields[0] == SETUP:
                raise OSError(lines)
            found = [json.loads(line) for line in lines.splitlines()]
            if len(found) != 3 or found[1][2] != expected:
                raise OSError("the probe found %s" % (lines or fields,))
            os.write(writer, b"ok")
        except BaseException as error:
            os.write(writer, ("%s" % error).encode()[:MAX_ERROR])
        finally:
            os._exit(0)
    os.close(writer)
    said = os.read(reader, MAX_ERROR)
    os.close(reader)
    os.waitpid(pid, 0)
    return None if said == b"ok" else said.decode()


# How a worker comes to its rights: (in a user namespace, programs as the user nobody).
WAYS = {"nobody": (False, True), "user_namespace": (True, False), "same_user": (False, False)}


def strongest(ceiling, root, group):
    """The strongest level from `ceiling` down that holds, the way it does, and why those above do not."""
    reasons = {}
    root_user = capabilities() & 0xC0 == 0xC0
    for level in LEVELS[LEVELS.index(ceiling) :]:
        if level != "PROCESS" and os.uname().machine not in MACHINES:
            reasons[level] = "no table of system calls for " + os.uname().machine
            continue
        for way in (["nobody"] if root_user else []) + ["user_namespace" if level in LEVELS[:2] else "same_user"]:
            failure = probe(level, way, root, group)
            if failure is None:
                return level, way, reasons
            reasons[level] = failure
    raise OSError("no isolation level works: %s" % reasons)


def rehearse(seed):
    frame = os.memfd_create("frame")
    output = os.dup(1)
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    for _ in range(3):
        request, _ = from_json(payload(REHEARSAL, [[1], {}], [[{"$tuple": [1]}], {"y": 2}]).decode(), 0)
        run_program(request, frame, 1 << 16)
    set_digits(0)
    sys.stdout.flush()  # what was printed here no clone may hold
    os.dup2(output, 1)
    os.close(output)
    os.close(frame)
    sys.modules.pop("program")
    random.seed(seed)


def main():
    ceiling, seed = sys.argv[1], int(sys.argv[2])
    root = os.path.dirname(os.path.abspath(sys.argv[0]))
    sys.argv[:] = [""]
    sys.path[:] = [p for p in sys.path if os.path.isdir(p) and p not in ("", root)]
    os.closerange(3, 1024)
    os.setsid()  # an interrupt at the terminal is the JVM's business
    source, sink = os.dup(0), os.dup(1)
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # the JVM's threads block SIGQUIT
    threading.stack_size(THREAD_STACK)
    for name in WARM:
        __import__(name)
    with open(os.path.join(root, "harness.py")) as harness:
        HARNESS.append(compile(harness.read(), "harness.py", "exec"))
    for names in (vars(builtins), __builtins__):
        names.update(exit=sys.exit, quit=sys.exit)  # as the module site does
    rehearse(seed)
    group, no_group = Group(), ""
    try:
        group.enter()
    except (OSError, ValueError) as error:
        no_group = str(error)
    level, way, reasons = strongest(ceiling, root, group)
    worker = Worker(level, *WAYS[way], source, sink, root, group)
    gc.collect()
    gc.freeze()
    hello = {"level": level, "way": way, "python": "%d.%d.%d" % sys.version_info[:3], "reasons": reasons}
    hello.update(group=group.folder, no_group=no_group)
    write_all(sink, json.dumps(hello).encode() + b"\n")
    os.dup2(null, 2)  # until here an uncaught exception told the JVM why there is no hello
    os.close(null)
    worker.serve()


main()
