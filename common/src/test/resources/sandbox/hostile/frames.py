#: deeply_nested_frame => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,' + b'[' * 20000 + b'\n')
        except OSError: pass
    os._exit(0)

#: forged_frame_and_exit => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,0]\n["PASSED",0,0]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: forged_frame_then_return => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,4]\n["PASSED",0,9]\n["END"]\n')
        except OSError: pass
    return 0

#: forged_infrastructure_error => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try:
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, 0)
            os.write(fd, b'["SANDBOX_ERROR",0,"unlucky"]\n')
        except OSError: pass
    os._exit(1)

#: forged_output_that_is_no_json => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,{"$tuple":4}]\n["PASSED",0,]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: truncated_frame => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.ftruncate(fd, 0)
        except OSError: pass
    os._exit(0)

#: closed_descriptors => RUNTIME_ERROR
import os
def f(x):
    os.closerange(0, 64)
    return x * x

#: inherited_descriptors => PASSED
# calls: [2]
# expected: 4
import os
def f(x):
    kinds = []
    for fd in range(0, 1024):
        try: kinds.append(oct(os.fstat(fd).st_mode >> 12))
        except OSError: pass
    return len(kinds)

#: read_the_request_pipe => PASSED
# calls: [2]
# expected: 0
import os
def f(x): return len(os.read(0, 100))

#: forged_right_values_blindly => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,4]\n["PASSED",0,9]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: forged_at_load => RUNTIME_ERROR
import os
for fd in range(3, 64):
    try: os.write(fd, b'["PASSED",0,null]\n["PASSED",0,4]\n["PASSED",0,9]\n["END"]\n')
    except OSError: pass
os._exit(0)

#: forged_twice => RUNTIME_ERROR
import os
for fd in range(3, 64):
    try: os.write(fd, b'["PASSED",0,null]\n["PASSED",0,4]\n["PASSED",0,9]\n["END"]\n' * 2)
    except OSError: pass
def f(x): return x * x

#: forged_behind_the_end => RUNTIME_ERROR | WRONG_ANSWER
import os, threading, time
def late():
    while True:
        for fd in range(3, 10):
            try: os.write(fd, b'["PASSED",0,4]\n["PASSED",0,9]\n["END"]\n')
            except OSError: pass
threading.Thread(target=late, daemon=True).start()
def f(x): return 0

#: rewritten_from_the_start => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try:
            os.pwrite(fd, b'["PASSED",0,4]\n["PASSED",0,9]\n["END"]\n', 0)
        except OSError: pass
    return x * x

#: flooded_frame => RUNTIME_ERROR | OUTPUT_LIMIT
import os
def f(x):
    for fd in range(3, 64):
        try:
            while True: os.write(fd, bytes(1 << 16))
        except OSError: pass
    return x * x

#: mapped_frame => RUNTIME_ERROR
import mmap, os
def f(x):
    for fd in range(3, 64):
        try:
            os.ftruncate(fd, 4096)
            mmap.mmap(fd, 4096)[:] = b'["PASSED",0,4]\n' + b" " * 4081
        except (OSError, ValueError): pass
    return x * x

#: garbage_frame => RUNTIME_ERROR
import os, random
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, random.Random(1).randbytes(60000) + b"\n")
        except OSError: pass
    os._exit(0)

#: numbers_that_java_dreads => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,1e999999999]\n["PASSED",1e999999999,4]\n["PASSED",NaN,4]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: duplicate_keys_in_a_frame => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,{"a":1,"a":2}]\n["PASSED",0,9]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: tuples_in_a_set_without_bottom => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,{"$set":[' + b'[' * 990 + b']' * 990 + b']}]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: sets_in_sets_without_bottom => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,' + b'{"$frozenset":[' * 490 + b'1' + b']}' * 490 + b']\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: dicts_in_dicts_without_bottom => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,' + b'{"$dict":[[' * 330 + b'1' + b',1]]}' * 330 + b']\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: colliding_items => RUNTIME_ERROR | OUTPUT_LIMIT
import itertools, os
def f(x):
    items = b",".join(b'"%s"' % "".join(p).encode() for p in itertools.product(("Aa", "BB"), repeat=11))
    for fd in range(3, 64):
        try: os.write(fd, b'["PASSED",0,{"$set":[' + items + b']}]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: outcome_that_does_not_exist => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.write(fd, b'["BEST",0,4]\n["END"]\n')
        except OSError: pass
    os._exit(0)

#: replaced_descriptors => RUNTIME_ERROR
import os
def f(x):
    for fd in range(3, 64):
        try: os.dup2(1, fd)
        except OSError: pass
    return x * x

#: frame_instead_of_output => RUNTIME_ERROR | WRONG_ANSWER
import os
def f(x):
    for fd in range(3, 10):
        try: os.fstat(fd)
        except OSError: continue
        os.dup2(fd, 1)
    print('["PASSED",0,4]', flush=True)
    return 0

#: sealed_frame => PASSED
import fcntl
def f(x):
    for fd in range(0, 64):
        try: fcntl.fcntl(fd, 1033, 15)
        except OSError: pass
    return x * x

#: frame_that_does_not_block => PASSED
import os
def f(x):
    for fd in range(0, 64):
        try: os.set_blocking(fd, False)
        except OSError: pass
    return x * x

