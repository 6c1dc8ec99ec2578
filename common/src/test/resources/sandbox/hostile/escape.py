#: change_mode => FORBIDDEN from FILTER_ONLY
import os, json
def f(x): os.chmod(json.__file__, 0o777)

#: change_mode_by_descriptor => FORBIDDEN | RUNTIME_ERROR from FILTER_ONLY
import json, os
def f(x):
    file = os.open(json.__file__, os.O_RDONLY)
    os.fchmod(file, 0o777)

#: clone_through_ctypes => PASSED from FILTER_ONLY
# calls: [2]
# expected: [-1,-1]
import ctypes, os
def f(x):
    number, other = (56, 435) if os.uname().machine == "x86_64" else (220, 435)
    libc = ctypes.CDLL(None, use_errno=True)
    args = ctypes.create_string_buffer(88)
    results = [libc.syscall(number, 17, 0, 0, 0, 0), libc.syscall(other, args, 88)]
    if 0 in results: os._exit(0)
    return results

#: datagram_to_a_name => FORBIDDEN from FILTER_ONLY
import socket
def f(x):
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.sendto(b"x", "\0probe")

#: execute => FORBIDDEN from FILTER_ONLY
import os, sys
def f(x): os.execv(sys.executable, ["python"])

#: foreign_architecture => FORBIDDEN | RUNTIME_ERROR from FILTER_ONLY
import ctypes, mmap, os
# int 0x80 enters the kernel with the numbers of 32-bit x86, where 2 is fork.
def f(x):
    if os.uname().machine != "x86_64": raise PermissionError(1, "refused")
    code = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(code)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()

#: fork_bomb => FORBIDDEN from FILTER_ONLY
import os
def f(x):
    while True: os.fork()

#: kill_everyone => FORBIDDEN from FILTER_ONLY
import os
def f(x): os.kill(-1, 9)

#: kill_parent => FORBIDDEN | RUNTIME_ERROR from FILTER_ONLY
import os, signal
def f(x): os.kill(os.getppid() or 4194300, signal.SIGKILL)

#: namespaces_through_ctypes => PASSED from FILTER_ONLY
# calls: [2]
# expected: [-1,-1,-1,-1,-1]
import ctypes
def f(x):
    libc = ctypes.CDLL(None)
    return [libc.unshare(0x10000000), libc.mount(b"none", b"/", b"tmpfs", 0, None), libc.setns(0, 0), libc.chroot(b"/"), libc.sethostname(b"x", 1)]

#: outlive_the_worker => PASSED from FILTER_ONLY
# calls: [2]
# expected: -1
import ctypes
def f(x): return ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)

#: processes_through_ctypes => PASSED from FILTER_ONLY
# calls: [2]
# expected: [-1,-1,-1,-1,-1]
import ctypes, os
def f(x):
    libc = ctypes.CDLL(None)
    local = (ctypes.c_size_t * 2)()
    return [libc.ptrace(16, os.getppid(), 0, 0), libc.process_vm_readv(os.getppid(), local, 1, local, 1, 0), libc.kill(os.getppid() or 2, 9), libc.kill(-1, 9), libc.kill(0, 9)]

#: read_environment => PASSED
# calls: [2]
# expected: []
import os
def f(x): return sorted(set(os.environ) - {"LC_CTYPE", "LC_ALL", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONUTF8", "TZ"})

#: read_files => RUNTIME_ERROR | FORBIDDEN from NO_NAMESPACES
def f(x): return open("/etc/passwd").read()

#: read_processes => RUNTIME_ERROR | FORBIDDEN from NO_NAMESPACES
import os
def f(x): return os.listdir("/proc")

#: remove_library => FORBIDDEN from FILTER_ONLY
import os, json
def f(x): os.remove(json.__file__)

#: shared_memory => PASSED from FILTER_ONLY
# calls: [2]
# expected: [-1,-1,-1]
import ctypes, os
def f(x):
    libc = ctypes.CDLL(None)
    return [libc.shmget(1, 1 << 20, 0o1666), libc.semget(1, 1, 0o1666), libc.msgget(1, 0o1666)]

#: socket => FORBIDDEN from FILTER_ONLY
import socket
def f(x): socket.create_connection(("127.0.0.1", 80), 1)

#: subprocess => FORBIDDEN from FILTER_ONLY
import subprocess
def f(x): return subprocess.run(["/bin/true"]).returncode

#: unix_socket => FORBIDDEN from FILTER_ONLY
import socket
def f(x): socket.socket(socket.AF_UNIX).connect("\0probe")

#: unknown_system_calls => PASSED from FILTER_ONLY
# calls: [2]
# expected: [-1,38]
# System calls newer than the filter must not be a way around it.
import ctypes
def f(x):
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(463, -100, b"/tmp", 0, b"user.a", 0, 0), ctypes.get_errno()]

#: write_to_library => FORBIDDEN | RUNTIME_ERROR from FILTER_ONLY
import os, json
def f(x): open(json.__file__, "a")

#: write_to_root => FORBIDDEN from FILTER_ONLY
def f(x): open("/probe", "w")

#: x32_numbers => FORBIDDEN | RUNTIME_ERROR from FILTER_ONLY
import ctypes, os
def f(x):
    if os.uname().machine != "x86_64": raise PermissionError(1, "refused")
    return ctypes.CDLL(None).syscall(0x40000000 | 57)

#: refused_numbers => PASSED from FILTER_ONLY
# 57 fork, 58 vfork, 59 execve, 322 execveat, 101 ptrace, 310 and 311 process_vm, 312 kcmp, 425 to 427 io_uring, 321 bpf,
# 323 userfaultfd, 248 to 250 keys, 319 memfd_create, 434 and 438 and 424 pidfd, 135 personality, 165 mount, 166 umount2,
# 155 pivot_root, 161 chroot, 272 unshare, 308 setns, 428 to 433 and 442 new mounts, 298 perf, 246 and 320 kexec, 175 and 313
# modules, 169 reboot, 103 syslog, 163 acct, 153 vhangup, 172 iopl, 173 ioperm, 154 modify_ldt, 170 and 171 names, 227 and
# 164 and 159 and 305 clocks, 167 and 168 swap, 179 quotactl, 300 fanotify, 304 and 303 handles, 29 to 31 and 67 shm, 64 to
# 66 and 220 sem, 68 to 71 msg, 240 and 241 mq, 41 socket, 42 connect, 43 and 288 accept, 49 bind, 50 listen, 46 and 307
# sendmsg, 200 tkill, 129 and 297 queued signals, 141 setpriority, 144 and 142 and 314 and 203 scheduling, 251 ioprio,
# 317 seccomp, 447 memfd_secret, 206 io_setup, 256 and 279 and 237 pages, 440 and 448 of others, 212 dcookie, 134 uselib,
# 275 and 276 and 278 splices, 162 and 306 sync, 435 clone3, 437 openat2, 451 to 470 newer than the filter.
# calls: [[57,58,59,322,101,310,311,312,425,426,427,321,323,248,249,250,319,434,438,424,135,165,166,155,161,272,308,428,429,430,431,432,433,442,298,246,320,175,313,176,169,103,163,153,172,173,154,170,171,227,164,159,305,167,168,179,443,300,301,304,303,29,30,31,64,65,66,220,68,69,70,71,240,241,41,42,43,288,49,50,46,307,200,129,297,141,144,142,314,203,251,317,447,206,256,279,237,440,448,212,134,275,276,278,162,306,435,437,451,452,453,457,458,463,466,467,468,469,470,548,100000]]
# expected: []
import ctypes, os
def f(numbers):
    if os.uname().machine != "x86_64": return []
    libc, allowed = ctypes.CDLL(None, use_errno=True), []
    for n in numbers:
        ctypes.set_errno(0)
        if libc.syscall(n, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() not in (1, 38): allowed.append(n)
    return allowed

#: processes_of_every_kind => PASSED from FILTER_ONLY
# calls: []
# expected: []
import os, pty, subprocess, multiprocessing
def f():
    done = []
    for name, act in (("fork", os.fork), ("forkpty", os.forkpty), ("spawn", lambda: os.posix_spawn("/bin/true", ["true"], {})),
                      ("popen", lambda: subprocess.Popen(["/bin/true"])), ("exec", lambda: os.execv("/bin/true", ["true"])),
                      ("process", lambda: multiprocessing.get_context("fork").Process(target=print).start()),
                      ("pool", lambda: multiprocessing.Pool(1))):
        try: act()
        except (OSError, ImportError): continue
        done.append(name)
    return done

#: shell => WRONG_ANSWER from FILTER_ONLY
import os
def f(x): return os.system("echo 4")

#: popen => FORBIDDEN from FILTER_ONLY
import os
def f(x): return int(os.popen("echo 4").read())

#: clone_with_every_flag => PASSED from FILTER_ONLY
# calls: []
# expected: []
import ctypes, os
def f():
    number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    libc, made = ctypes.CDLL(None), []
    for flags in (17, 0, 0x100, 0x4111, 0x8000 | 17, 0x20000 | 17, 0x10000000 | 17, 0x20000000, 0x40000000, 0x2000000 | 17, 0x80 | 17):
        pid = libc.syscall(number, flags, 0, 0, 0, 0)
        if pid == 0: os._exit(0)
        if pid > 0: made.append(hex(flags))
    return made

#: high_bits_of_an_argument => PASSED from FILTER_ONLY
# The filter sees 64 bits where the kernel takes 32 of a pid and of clone's flags, or all of them.
# calls: []
# expected: []
import ctypes, os
def f():
    if os.uname().machine != "x86_64": return []
    libc, made = ctypes.CDLL(None), []
    for number, first in ((56, 17 | 1 << 32), (62, -1), (62, (1 << 32) | 0xFFFFFFFF), (62, 1 << 32), (157, 1 | 1 << 32)):
        r = libc.syscall(number, ctypes.c_ulong(first & (1 << 64) - 1), 0, 0, 0, 0)
        if r == 0 and number == 56: os._exit(0)
        if r != -1: made.append([number, first])
    return made

#: execute_from_memory => FORBIDDEN from FILTER_ONLY
import os, sys
def f(x):
    fd = os.memfd_create("x")
    os.write(fd, open(sys.executable, "rb").read())
    os.execve(fd, ["x"], {})

#: execute_the_loader => FORBIDDEN from FILTER_ONLY
import os
def f(x): os.execv("/lib64/ld-linux-x86-64.so.2", ["ld.so", "/bin/sh"])

#: sockets_of_all_families => PASSED from FILTER_ONLY
# calls: []
# expected: []
import _socket
def f():
    made = []
    for family in range(0, 46):
        for kind in (1, 2, 3, 5):
            try: _socket.socket(family, kind).detach()
            except OSError as e:
                if e.errno != 1: made.append([family, kind, e.errno])
            else: made.append([family, kind])
    return made

#: socket_pairs_of_other_families => PASSED from FILTER_ONLY
# calls: []
# expected: []
import _socket
def f():
    made = []
    for family in range(2, 46):
        try: _socket.socketpair(family, 1)
        except OSError as e:
            if e.errno != 1: made.append([family, e.errno])
        else: made.append(family)
    return made

#: name_look_up => FORBIDDEN | RUNTIME_ERROR from FILTER_ONLY
import socket
def f(x): return socket.gethostbyname("example.com")

#: web_page => FORBIDDEN from FILTER_ONLY
import urllib.request
def f(x): return urllib.request.urlopen("http://127.0.0.1:1/", timeout=1).status

#: server => FORBIDDEN from FILTER_ONLY
import http.server
def f(x): http.server.HTTPServer(("", 0), None).serve_forever()

#: send_a_descriptor => FORBIDDEN from FILTER_ONLY
import array, socket
def f(x):
    a, b = socket.socketpair()
    a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))])

#: signal_by_descriptor_owner => FORBIDDEN from FILTER_ONLY
import fcntl, os, signal
def f(x):
    r, w = os.pipe()
    fcntl.fcntl(r, 10, signal.SIGKILL)
    fcntl.fcntl(r, fcntl.F_SETOWN, os.getppid() or 1)
    fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)
    os.write(w, b"x")
    return x * x

#: signal_by_ioctl_owner => PASSED from FILTER_ONLY
# calls: []
# expected: []
import fcntl, os, struct
def f():
    r, w = os.pipe()
    done = []
    for request in (0x8901, 0x8902, 0x5412, 0x541C, 0x5452, 0x4B3A, 0x40086602, 0xAE01):
        try: fcntl.ioctl(r, request, struct.pack("q", os.getppid() or 1))
        except OSError as e:
            if e.errno == 1: continue
        done.append(hex(request))
    return done

#: splice_the_library => PASSED from FILTER_ONLY
# calls: []
# expected: [-1,-1,-1]
import ctypes, json, os
def f():
    libc = ctypes.CDLL(None)
    r, w = os.pipe()
    file = os.open(json.__file__, os.O_RDONLY)
    return [libc.splice(file, None, w, None, 1, 0), libc.vmsplice(w, None, 0, 0), libc.tee(r, w, 1, 0)]

#: signals_to_every_number => PASSED from FILTER_ONLY
# calls: []
# expected: []
import os
def f():
    sent = []
    for pid in [0, -1, -2, *range(2, 300), os.getppid() or 2]:
        try: os.kill(pid, 9)
        except OSError: continue
        sent.append(pid)
    return sent

#: limits_of_others => PASSED from FILTER_ONLY
# calls: []
# expected: []
import os, resource
def f():
    done = []
    for name, act in (("prlimit", lambda: resource.prlimit(os.getppid() or 2, resource.RLIMIT_CPU, (1, 1))), ("nice", lambda: os.nice(-5)),
                      ("priority", lambda: os.setpriority(os.PRIO_USER, 0, 5)), ("affinity", lambda: os.sched_setaffinity(0, {0})),
                      ("scheduler", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))), ("root", lambda: os.chroot("/tmp")),
                      ("groups", lambda: os.setgroups([0])),
                      ("up", lambda: [resource.setrlimit(n, (resource.RLIM_INFINITY,) * 2) for n in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)])):
        try: act()
        except (OSError, ValueError): continue
        done.append(name)
    return done

#: gains_rights => PASSED from FILTER_ONLY
# calls: []
# expected: [-1,-1,0,0]
import ctypes
def f():
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint * 2)(0x20080522, 0)
    data = (ctypes.c_uint * 6)(*[0xFFFFFFFF] * 6)
    first = libc.capset(header, data)
    libc.capget(header, data)
    return [first, libc.prctl(8, 1, 0, 0, 0) if libc.setuid(0) == 0 and libc.getuid() == 0 and libc.geteuid() == 0 and data[0] else -1, data[0], data[1]]

#: dumpable_again => PASSED from FILTER_ONLY
# calls: []
# expected: [-1,0,1]
import ctypes
def f():
    libc = ctypes.CDLL(None)
    return [libc.prctl(4, 1, 0, 0, 0), libc.prctl(3, 0, 0, 0, 0), libc.prctl(39, 0, 0, 0, 0)]

#: process_file_system => PASSED from NO_NAMESPACES
# calls: []
# expected: []
import os
def f():
    seen = []
    for path in ("/proc/self/maps", "/proc/1/environ", "/proc/self/environ", "/proc/self/mem", "/proc/cpuinfo", "/proc/%d/environ" % (os.getppid() or 1),
                 "/sys/kernel/hostname", "/sys/class/net", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/shm", "/dev/tty", "/dev/kvm", "/run", "/var/run/docker.sock",
                 "/etc/shadow", "/etc/passwd", "/etc/hosts", "/var/run/secrets/kubernetes.io/serviceaccount/token", "/bin/sh"):
        try: os.close(os.open(path, os.O_RDONLY))
        except OSError: continue
        seen.append(path)
    return seen

#: lists_folders => PASSED from NO_NETWORK_NAMESPACE
# calls: []
# expected: [false,false,false,[],true]
import os
def f(): return [os.path.exists(p) for p in ("/proc/self", "/sys/kernel", "/etc/passwd")] + [os.listdir("/tmp"), set(os.listdir("/")) <= {"usr", "lib", "lib64", "etc", "dev", "tmp", "opt", "home", "root", "nix"}]

#: writes_everywhere => PASSED from FILTER_ONLY
# calls: []
# expected: []
import os, sys
def f():
    made = []
    for folder in ["/", "/usr", "/usr/lib", "/etc", "/dev", "/dev/shm", "/var/tmp", "/root", "/home", "/run", "..", os.path.dirname(os.__file__), *sys.path]:
        for act in (lambda p: os.close(os.open(p, os.O_CREAT | os.O_WRONLY)), os.mkdir, lambda p: os.symlink("/etc", p), os.mkfifo, lambda p: os.link(os.__file__, p),
                    lambda p: os.rename(os.__file__, p), lambda p: os.open(folder, os.O_TMPFILE | os.O_RDWR), lambda p: os.utime(os.__file__), lambda p: os.setxattr(os.__file__, "user.a", b"b"),
                    lambda p: os.truncate(os.__file__, 0), lambda p: os.chown(os.__file__, os.getuid(), os.getgid()), lambda p: os.remove(os.__file__), lambda p: os.mknod(p, 0o666 | 0o020000, 259)):
            try: act(os.path.join(folder, "probe-of-the-sandbox"))
            except OSError: continue
            made.append(folder)
    return made

#: links_out_of_the_folder => PASSED from NO_NETWORK_NAMESPACE
# calls: []
# expected: [false,false]
import os
def f():
    os.symlink("/proc/1/root", "out"); os.symlink("../../../../etc/passwd", "up"); os.symlink("up", "again"); os.symlink("loop", "loop")
    return [os.path.exists("out"), os.path.exists("again")]

#: devices_made => FORBIDDEN from FILTER_ONLY
import os, stat
def f(x): os.mknod("disk", 0o666 | stat.S_IFBLK, os.makedev(8, 0))

#: set_user_bit => PASSED from NO_NETWORK_NAMESPACE
# calls: []
# expected: [false,false]
import os
def f():
    open("x", "w").close(); os.chmod("x", 0o6777)
    return [bool(os.statvfs(".").f_flag & os.ST_NOEXEC == 0), bool(os.statvfs("/").f_flag & os.ST_RDONLY == 0)]

#: loads_native_code => PASSED from NO_NETWORK_NAMESPACE
# calls: []
# expected: false
import ctypes, shutil
def f():
    import _ctypes
    shutil.copy(_ctypes.__file__, "x.so") if hasattr(_ctypes, "__file__") and len(open(_ctypes.__file__, "rb").read()) < 100000 else open("x.so", "w").close()
    try: ctypes.CDLL("./x.so")
    except OSError: return False
    return True

#: host_names => PASSED from NO_NETWORK_NAMESPACE
# calls: []
# expected: ["sandbox",1,1,0]
import os
def f(): return [os.uname().nodename, os.getpid(), os.getpgrp() or 1, os.getppid()]

#: command_line => PASSED
# calls: []
# expected: [[""],true]
import os, sys
def f(): return [sys.argv, not any("PASSED" in a for a in sys.argv)]

#: packages_of_the_host => PASSED
# calls: []
# expected: []
import sys
def f():
    found = []
    for name in ("pip", "numpy", "setuptools", "site", "worker"):
        try: __import__(name)
        except ImportError: continue
        if name != "site": found.append(name)
    return found

#: waits_for_the_next_program => PASSED from FILTER_ONLY
# calls: []
# expected: [-1,-1]
import ctypes, os
def f():
    libc = ctypes.CDLL(None)
    return [libc.setns(3, 0), libc.syscall(272, 0x20000000) if os.uname().machine == "x86_64" else -1]


#: lock_on_a_library => FORBIDDEN from FILTER_ONLY
import fcntl, os
def f(x):
    fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    return x * x

#: lock_of_bytes_of_a_library => FORBIDDEN from FILTER_ONLY
import fcntl, os
def f(x):
    fcntl.lockf(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)
    return x * x

#: question_for_locks_of_a_library => FORBIDDEN from FILTER_ONLY
import fcntl, os, struct
def f(x):
    return fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), fcntl.F_GETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))

#: lease_notice_and_hint_on_a_library => PASSED from FILTER_ONLY
# calls: []
# expected: [1,1,1,1]
import fcntl, os, struct
def f():
    fd, refused = os.open(os.__file__, os.O_RDONLY), []
    for command, argument in ((1024, 0), (1025, 0), (1026, 1), (1036, struct.pack("q", 1))):
        try: refused.append(fcntl.fcntl(fd, command, argument))
        except OSError as error: refused.append(error.errno)
    return refused

#: watch_on_a_library => PASSED from FILTER_ONLY
# calls: []
# expected: [-1,-1,-1]
import ctypes, os
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.inotify_init(), libc.inotify_init1(0), libc.inotify_add_watch(0, os.__file__.encode(), 1)]

#: process_that_is_there_or_not => PASSED from FILTER_ONLY
# calls: []
# expected: [1]
import os
def f():
    answers = set()
    for pid in (*range(1, 400), 4194000):
        if pid != os.getpid():
            try: os.kill(pid, 0); answers.add(0)
            except OSError as error: answers.add(error.errno)
    return sorted(answers)
