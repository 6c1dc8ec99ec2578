#: descriptor_flood => RUNTIME_ERROR
import os
def f(x):
    while True: os.pipe()

#: disk_flood => OUTPUT_LIMIT | FORBIDDEN from FILTER_ONLY
def f(x):
    with open("a", "wb") as file:
        while True: file.write(bytes(1 << 16))

#: endless_loop => TIMEOUT
def f(x):
    while True: pass

#: endless_loop_at_load => TIMEOUT
while True: pass

#: exponential_value => OUTPUT_LIMIT
def f(x):
    a = [1]
    for _ in range(60): a = [a, a]
    return a

#: huge_int => OUTPUT_LIMIT
def f(x): return 1 << 10**7

#: large_result => OUTPUT_LIMIT
def f(x): return "x" * 10**6

#: large_results_together => OUTPUT_LIMIT | WRONG_ANSWER
# calls: [2] | [3]
# expected: "" | ""
def f(x): return "x" * 40000

#: loop_that_catches_all => TIMEOUT
import signal
for n in range(1, 65):
    try: signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError): pass
def f(x):
    while True:
        try:
            while True: pass
        except BaseException: pass

#: many_files => OUTPUT_LIMIT | FORBIDDEN from FILTER_ONLY
def f(x):
    for i in range(10**6): open(str(i), "w").close()

#: memory_crawl => MEMORY_LIMIT
def f(x):
    a = []
    while True: a.append(bytes(1 << 20))

#: memory_hog => MEMORY_LIMIT
def f(x): return [0] * 10**9

#: memory_hog_that_goes_on => WRONG_ANSWER
def f(x):
    try: a = bytearray(1 << 40)
    except MemoryError: return 0

#: output_flood => TIMEOUT
def f(x):
    while True: print("x" * 1000)

#: output_flood_that_catches_all => PASSED | TIMEOUT
import os
def f(x):
    for _ in range(10**5):
        try: os.write(1, b"x" * 1000)
        except OSError: pass
    return x * x

#: power_tower => TIMEOUT | MEMORY_LIMIT
def f(x): return len(str(9 ** 9 ** 8))

#: recursion => RUNTIME_ERROR
def f(x): return f(x)

#: deep_recursion => RUNTIME_ERROR | MEMORY_LIMIT | TIMEOUT
import sys
sys.setrecursionlimit(10**9)
class A:
    def __getattr__(self, n): return getattr(self, n + "x")
def f(x): return A().a

#: regex_backtracking => TIMEOUT
import re
def f(x): return re.match("(a+)+$", "a" * 40 + "b")

#: stderr_flood => PASSED
import sys
def f(x):
    for _ in range(10**4): sys.stderr.write("x" * 100)
    return x * x

#: thread_flood => RUNTIME_ERROR | TIMEOUT | MEMORY_LIMIT from FILTER_ONLY
import threading
def f(x):
    while True: threading.Thread(target=threading.Event().wait, daemon=True).start()

#: threads_that_spin => TIMEOUT
import hashlib, threading
def spin():
    data = bytes(1 << 22)
    while True: hashlib.sha256(data).digest()
def f(x):
    for _ in range(4): threading.Thread(target=spin).start()
    spin()

#: raise_limits => RUNTIME_ERROR | FORBIDDEN from FILTER_ONLY
import resource
def f(x):
    resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))

#: sleeps_for_ever => TIMEOUT
import time
def f(x):
    while True: time.sleep(3600)

#: burns_in_one_call_of_c => TIMEOUT | MEMORY_LIMIT
def f(x): return 3 ** (10 ** 8) % 10

#: burns_in_sorting => TIMEOUT | MEMORY_LIMIT
def f(x): return sorted([i * 7919 % 1000003 for i in range(10**8)])[0]

#: burns_in_digits => TIMEOUT | RUNTIME_ERROR
import sys
def f(x):
    getattr(sys, "set_int_max_str_digits", print)(0)
    return len(str(1 << 40_000_000))

#: burns_in_counting => TIMEOUT
def f(x): return sum(range(10**12)) and 4

#: burns_in_membership => TIMEOUT
def f(x): return -1 in range(10**15).__iter__()

#: burns_in_a_hash_of_collisions => TIMEOUT
def f(x): return len({i * (2**61 - 1) for i in range(10**6)})

#: burns_in_permutations => TIMEOUT
import itertools
def f(x): return sum(1 for _ in itertools.permutations(range(20)))

#: burns_in_a_key_function => TIMEOUT
class Odd:
    def __hash__(self):
        while True: pass
def f(x): return {Odd(): 1}

#: burns_in_format => TIMEOUT | MEMORY_LIMIT | RUNTIME_ERROR
def f(x): return len("%*d" % (2**30, 1))

#: burns_in_the_kernel => TIMEOUT
import os
def f(x):
    fd = os.open("/dev/zero", os.O_RDONLY)
    while True: os.read(fd, 1 << 24)

#: many_spinning_threads => TIMEOUT
import threading
def spin():
    while True: pass
def f(x):
    for _ in range(20): threading.Thread(target=spin, daemon=True).start()
    spin()

#: thread_that_spins_while_the_call_sleeps => TIMEOUT
import threading, time
def spin():
    while True: pass
def f(x):
    threading.Thread(target=spin).start()
    time.sleep(1000)

#: deadlock => TIMEOUT
import threading
def f(x):
    lock = threading.Lock()
    lock.acquire(); lock.acquire()

#: regex_of_nested_groups => TIMEOUT
import re
def f(x): return re.fullmatch(r"(x+x+)+y", "x" * 60)

#: swallowed_alarm => TIMEOUT
import signal
def f(x):
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    while True: pass

#: limit_lowered_to_be_killed => RUNTIME_ERROR | TIMEOUT | FORBIDDEN
import resource
def f(x):
    resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
    while True: pass

#: memory_of_one_string => MEMORY_LIMIT
def f(x): return len("x" * (1 << 40))

#: memory_of_integers => MEMORY_LIMIT | TIMEOUT
def f(x): return 1 << (1 << 35)

#: memory_of_an_endless_generator => MEMORY_LIMIT | TIMEOUT
import itertools
def f(x): return len(list(itertools.count()))

#: memory_of_a_doubling_list => MEMORY_LIMIT | TIMEOUT
def f(x):
    a = [0]
    while True: a += a

#: memory_of_objects_in_a_ring => MEMORY_LIMIT | TIMEOUT
import gc
gc.disable()
def f(x):
    while True:
        a = [bytearray(4096)]
        a.append(a)

#: memory_of_a_mapping => RUNTIME_ERROR | MEMORY_LIMIT
import mmap
def f(x): return len(mmap.mmap(-1, 1 << 34))

#: memory_shared_and_locked => PASSED
# calls: []
# expected: [-1,-1,-1]
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_ssize_t
    return [libc.mlockall(3), libc.mlock(id(libc), 4096), libc.mmap(None, ctypes.c_size_t(1 << 34), 3, 0x8021, -1, ctypes.c_long(0))]

#: memory_by_break => PASSED
# calls: []
# expected: -1
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.sbrk.restype = ctypes.c_ssize_t
    return libc.sbrk(ctypes.c_ssize_t(1 << 33))

#: memory_of_many_threads => MEMORY_LIMIT | RUNTIME_ERROR | TIMEOUT | WRONG_ANSWER
import threading
def take():
    a = []
    while True: a.append(bytearray(1 << 20))
def f(x):
    ts = [threading.Thread(target=take) for _ in range(8)]
    [t.start() for t in ts]; [t.join() for t in ts]
    return 0

#: memory_through_malloc => RUNTIME_ERROR | TIMEOUT
import ctypes
def f(x):
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while True: ctypes.memset(libc.malloc(ctypes.c_size_t(1 << 22)), 1, 1 << 22)

#: memory_of_a_zip_bomb => MEMORY_LIMIT | TIMEOUT
import zlib
bomb = zlib.compress(bytes(1 << 22)) 
def f(x): return sum(len(zlib.decompress(bomb)) for _ in range(100000)) + len([zlib.decompress(bomb) for _ in range(1000)])

#: memory_at_load => MEMORY_LIMIT
x = bytearray(1 << 34)
def f(x): return x * x

#: memory_in_the_compiler => MEMORY_LIMIT | COMPILE_ERROR | TIMEOUT | RUNTIME_ERROR
# code: [["x = {", 1], ["(1,2):[3],", 300000], ["}\ndef f(x): return 4\n", 1]]

#: memory_in_a_message => MEMORY_LIMIT | RUNTIME_ERROR | TIMEOUT
def f(x): raise ValueError("x" * 10**8)

#: sparse_file => OUTPUT_LIMIT | FORBIDDEN from FILTER_ONLY
def f(x):
    with open("sparse", "wb") as file:
        file.truncate(1 << 40)

#: sparse_file_by_seeking => OUTPUT_LIMIT | FORBIDDEN from FILTER_ONLY
def f(x):
    with open("sparse", "wb") as file:
        file.seek(1 << 40); file.write(b"x")

#: allocated_file => OUTPUT_LIMIT | FORBIDDEN from FILTER_ONLY
import os
def f(x): os.posix_fallocate(os.open("a", os.O_CREAT | os.O_WRONLY), 0, 1 << 30)

#: many_small_files_fill_the_folder => OUTPUT_LIMIT | FORBIDDEN from FILTER_ONLY
def f(x):
    for i in range(200):
        with open(str(i), "wb") as file: file.write(bytes(100_000))
    return x * x

#: folders_without_end => OUTPUT_LIMIT | FORBIDDEN | RUNTIME_ERROR
import os
def f(x):
    while True:
        os.mkdir("d"); os.chdir("d")

#: links_without_end => OUTPUT_LIMIT | FORBIDDEN | RUNTIME_ERROR
import os
def f(x):
    for i in range(10**5): os.symlink("x" * 4000, str(i))

#: descriptors_of_every_kind => RUNTIME_ERROR
import os, select
def f(x):
    kept = []
    while True: kept.append(select.epoll()); kept.append(os.dup(0))

#: pipes_of_a_megabyte => PASSED
# calls: []
# expected: true
import fcntl, os
def f():
    made = 0
    try:
        for _ in range(100):
            r, w = os.pipe(); fcntl.fcntl(w, 1031, 1 << 20); os.write(w, bytes(1 << 19)); made += 1
    except OSError: pass
    return made < 40

#: raw_threads => PASSED | TIMEOUT | RUNTIME_ERROR | MEMORY_LIMIT from NO_NETWORK_NAMESPACE
# calls: []
# expected: true
import ctypes, mmap, os
def f():
    if os.uname().machine != "x86_64": return True
    code = mmap.mmap(-1, 4096, prot=7)
    # for (n = 0; n < 20000; n++) if (clone(CLONE_THREAD | ..., stack) == 0) for (;;) pause(); return how many were made
    code.write(bytes.fromhex("5331db81fb204e00007d30b838000000bf000f0100488db42400e0ffff31d24531d24531c00f054885c0780f7404ffc3ebd1b8220000000f05ebf789d85bc3"))
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))() < 10000

#: output_by_kernel_call => TIMEOUT
import ctypes
def f(x):
    libc = ctypes.CDLL(None)
    while True: libc.write(1, b"x" * 4096, 4096)

#: output_of_many_threads => TIMEOUT
import os, threading
def flood():
    while True: os.write(1, b"x" * 4096)
def f(x):
    ts = [threading.Thread(target=flood) for _ in range(4)]
    [t.start() for t in ts]; [t.join() for t in ts]
    return x * x

#: output_that_is_no_text => PASSED
import sys
def f(x):
    for _ in range(10**4): sys.stdout.buffer.write(b"\xff\xfe\x00" * 100)
    return x * x

#: output_of_one_line => WRONG_ANSWER
def f(x): print("x" * 10**7)

#: output_rewound => RUNTIME_ERROR
import os
def f(x):
    for _ in range(100):
        os.write(1, bytes(50_000)); os.lseek(1, 0, 0); os.ftruncate(1, 0)
    return 0

#: output_limit_by_truncation => RUNTIME_ERROR
import os
def f(x):
    os.ftruncate(1, 100_000)
    return x * x

#: output_in_a_message => RUNTIME_ERROR
def f(x): raise KeyError("x" * 10**7)

#: result_of_many_small_values => OUTPUT_LIMIT
def f(x): return [[i] for i in range(10**5)]

#: result_of_escapes => OUTPUT_LIMIT
def f(x): return "\x00" * 20000

#: result_of_bytes => OUTPUT_LIMIT
def f(x): return bytes(10**6)

#: result_of_keys => OUTPUT_LIMIT
def f(x): return {str(i) * 10: None for i in range(10**4)}

#: result_of_large_integers => OUTPUT_LIMIT
def f(x): return [1 << 200_000] * 100

#: result_of_one_shared_list => OUTPUT_LIMIT
def f(x):
    row = list(range(1000))
    return [row] * 10**6

#: recursion_in_repr => RUNTIME_ERROR | MEMORY_LIMIT
class A:
    def __repr__(self): return repr(self)
def f(x): return repr(A())

#: recursion_in_hash => RUNTIME_ERROR
class A:
    def __hash__(self): return hash((self,))
def f(x): return {A()}

#: recursion_in_json => RUNTIME_ERROR
import json
def f(x): return json.loads("[" * 10**5)

#: recursion_in_pickle => RUNTIME_ERROR | MEMORY_LIMIT
import pickle
def f(x):
    a = []
    for _ in range(10**5): a = [a]
    return len(pickle.dumps(a))

#: recursion_in_compile => RUNTIME_ERROR | MEMORY_LIMIT | COMPILE_ERROR
def f(x): return eval("-" * 10**5 + "1")

#: recursion_in_comparison => RUNTIME_ERROR
def f(x):
    a, b = [], []
    for _ in range(10**5): a, b = [a], [b]
    return a == b

#: recursion_in_copy => RUNTIME_ERROR | MEMORY_LIMIT
import copy
def f(x):
    a = []
    for _ in range(10**5): a = [a]
    return len(copy.deepcopy(a))

#: recursion_in_freeing => RUNTIME_ERROR | WRONG_ANSWER | MEMORY_LIMIT
class Node:
    def __init__(self, next): self.next = next
def f(x):
    a = None
    for _ in range(10**5): a = Node(a)
    del a
    return 0

#: recursion_in_ast => RUNTIME_ERROR | MEMORY_LIMIT
import ast
def f(x): return ast.literal_eval("(" * 10**5)

#: recursion_in_regex => RUNTIME_ERROR | MEMORY_LIMIT
import re
def f(x): return re.compile("(" * 10**5 + ")" * 10**5)

#: recursion_without_limit_through_c => RUNTIME_ERROR | MEMORY_LIMIT | TIMEOUT
import functools, sys
sys.setrecursionlimit(2**31 - 1)
@functools.lru_cache(None)
def g(x): return g(x + 1)
def f(x): return g(x)

#: recursion_in_a_thread => RUNTIME_ERROR | MEMORY_LIMIT | WRONG_ANSWER | TIMEOUT
import sys, threading
sys.setrecursionlimit(10**9)
def g(x): return sorted([x], key=g)
def f(x):
    t = threading.Thread(target=g, args=(x,))
    t.start(); t.join()
    return 0

