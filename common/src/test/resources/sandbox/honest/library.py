#: counter_and_friends => PASSED
# calls: ["mississippi"]
# expected: [[{"$tuple":["i",4]},{"$tuple":["s",4]}],{"i":3,"s":2,"p":2},["i","p","p"],["b","a"],1,{"x":1}]
from collections import Counter, OrderedDict, ChainMap, defaultdict, deque
def f(s):
    d = deque(s, maxlen=3); d.rotate(1)
    o = OrderedDict(a=1, b=2); o.move_to_end("a")
    return [Counter(s).most_common(2), dict(Counter(s) - Counter("miss")), list(d), list(o), ChainMap({"a": 1}, {"a": 2})["a"], dict(defaultdict(int, x=1))]

#: regular_expressions => PASSED
# calls: ["a1b22c333 2024-05-06"]
# expected: [["1","22","333","2024","05","06"],"a<1>b<2><2>c<3><3><3> <2><0><2><4>-<0><5>-<0><6>",["a1b22c333","2024","05","06"],{"y":"2024"},true,[{"$tuple":[0,1]},{"$tuple":[2,3]},{"$tuple":[5,6]}],"x|y","a\\.b"]
import re
def f(s):
    return [re.findall(r"\d+", s), re.sub(r"(\d)", r"<\1>", s), re.split(r"[\s-]", s), re.search(r"(?P<y>\d{4})-(\d\d)", s).groupdict(),
            bool(re.fullmatch("[a-z].*", s, re.I | re.S)), [m.span() for m in re.finditer("[abc]", s)], re.compile("x|y").pattern, re.escape("a.b")]

#: decimals_and_fractions => PASSED
# calls: ["0.1"]
# expected: ["0.3","2.68","0.333333333333333333333333333333","13/30",0.75,2]
from decimal import Decimal, ROUND_HALF_UP, getcontext, localcontext
from fractions import Fraction
def f(s):
    with localcontext() as c:
        c.prec = 30
        third = str(Decimal(1) / 3)
    return [str(Decimal(s) * 3), str(Decimal("2.675").quantize(Decimal("0.01"), ROUND_HALF_UP)), third, str(Fraction(s) + Fraction(1, 3)), float(Fraction(3, 4)), Fraction(0.5).limit_denominator(10).denominator]

#: dates => PASSED
# calls: ["2024-02-28"]
# expected: ["2024-03-01",2,"28/02/24 11 PM Wednesday",301,"1970-01-01T00:00:00+00:00",true,9]
from datetime import date, datetime, timedelta, timezone
import calendar
def f(s):
    d = date.fromisoformat(s)
    t = datetime.strptime(s + " 23:59", "%Y-%m-%d %H:%M")
    return [str(d + timedelta(days=2)), d.weekday(), t.strftime("%d/%m/%y %I %p %A"), (date(2024, 12, 25) - d).days, datetime.fromtimestamp(0, timezone.utc).isoformat(), calendar.isleap(2024), d.isocalendar()[1]]

#: mathematics => PASSED
# calls: [2.5]
# expected: [2,3,-2,2,2.67,5.0,3.0,true,true,180.0,1.0,2.3333333333333335,2.0,"a",2.0,{"$tuple":[-4,1]},-4,2,3.0,1e+301]
import cmath, math, statistics
def f(x):
    return [math.floor(x), math.ceil(x), math.trunc(-x), round(x), round(2.675, 2), math.hypot(3, 4), math.log2(8), math.inf > x, math.isclose(0.1 + 0.2, 0.3),
            math.degrees(math.pi), math.fsum([0.1] * 10), statistics.mean([1, 2, 4]), statistics.median([1, 3]), statistics.mode("aab"), abs(cmath.sqrt(-4)), divmod(-7, 2), -7 // 2, -7 % 3, 7.5 // 2, 1e300 * 10]

#: heaps => PASSED
# calls: [[5,1,4,2]]
# expected: [[1,2],[5,4],[5,4],0,[1,2,3,4]]
import heapq
def f(xs):
    h = xs[:]; heapq.heapify(h)
    return [[heapq.heappop(h) for _ in range(2)], heapq.nlargest(2, xs), heapq.nsmallest(2, xs, key=lambda v: -v), heapq.heappushpop(h, 0), list(heapq.merge([1, 4], [2, 3]))]

#: bisecting => PASSED
# calls: [[1,2,2,3]]
# expected: [[1,2,2,2,3],1,4,5]
import bisect
def f(xs):
    bisect.insort(xs, 2)
    return [xs, bisect.bisect_left(xs, 2), bisect.bisect_right(xs, 2), bisect.bisect(xs, 9)]

#: strings_at_work => PASSED
# calls: ["Hello, World"]
# expected: ["HELLO, WORLD","dlroW ,olleH",["Hello","World"],"a-b-c","**Hello, World**","HeLlo, World",-1,"hELLO, wORLD",{"$tuple":["Hello",","," World"]}," 3.14|a   |ff","      'Hello, World' 3.000 1,234,567 005","12","He001, W1r0d","abc",false,"a   b","aa bb\ncc","48656c6c6f2c20576f726c64","a97","ss",true,"x",["1","2"],"00abc"]
import string, textwrap
def f(s):
    return [s.upper(), s[::-1], s.split(", "), "-".join("abc"), s.center(16, "*"), s.replace("l", "L", 1), s.find("z"), s.title().swapcase(), s.partition(","), "%5.2f|%-4s|%x" % (3.14159, "a", 255),
            f"{s!r:>20} {3.0:.3f} {1234567:,} {5:03d}", "{0}{k}".format(1, k=2), s.translate(str.maketrans("lo", "01")), string.ascii_lowercase[:3], s.isalpha(), "a\tb".expandtabs(4), textwrap.fill("aa bb cc", 5), s.encode().hex(), chr(97) + str(ord("a")), "ß".casefold(), s.startswith(("He", "x")), " x ".strip(), "1,2".rsplit(",", 1), "abc".zfill(5)]

#: unicode_text => PASSED
# calls: ["naïve 中文 😀"]
# expected: [10,"\ud83d\ude00 \u6587\u4e2d ev\u00efan","NA\u00cfVE \u4e2d\u6587 \ud83d\ude00","nai\u0308",18,["GRINNING FACE"],"6e006100",false,"\u2603"]
import unicodedata
def f(s): return [len(s), s[::-1], s.upper(), unicodedata.normalize("NFD", s[:3]), len(s.encode()), [unicodedata.name(c) for c in s[-1]], s.encode("utf-16-le").hex()[:8], "é" == "e\u0301", "\N{SNOWMAN}"]

#: bytes_at_work => PASSED
# calls: []
# expected: [{"$bytes":"616263"},121,"aGk=",16777216,{"$bytes":"616161616161616161"},"d41d8cd98f00b204e9800998ecf8427e",{"$bytes":"86f7"},3904355907,{"$bytes":"00ff"},256,98]
import base64, binascii, hashlib, struct, zlib
def f():
    return [b"ab" + bytes([99]), bytearray(b"xyz")[1], base64.b64encode(b"hi").decode(), struct.unpack("<I", struct.pack(">I", 1))[0], zlib.decompress(zlib.compress(b"a" * 9)), hashlib.md5(b"").hexdigest(), hashlib.sha1(b"a").digest()[:2], binascii.crc32(b"a"), bytes.fromhex("00ff"), int.from_bytes(b"\x01\x00", "big"), memoryview(b"abc")[1]]

#: json_and_csv => PASSED
# calls: ["{\"a\": [1, 2.5, null, true]}"]
# expected: [{"a":[1,2.5,null,true]},"{\n \"a\": [\n  1,\n  2.5,\n  null,\n  true\n ]\n}","a,\"b,c\"\r\n1,2\r\n",[{"x":"1","y":"2"}],{"a":{"$tuple":[1,2]}}]
import ast, csv, io, json
def f(s):
    out = io.StringIO()
    csv.writer(out).writerows([["a", "b,c"], [1, 2]])
    return [json.loads(s), json.dumps(json.loads(s), sort_keys=True, indent=1), out.getvalue(), list(csv.DictReader(io.StringIO("x,y\n1,2"))), ast.literal_eval("{'a': (1, 2)}")]

#: copies => PASSED
# calls: [[1,[2]]]
# expected: [[1,[2,3]],[1,[2]]]
import copy
def f(x):
    a, b = copy.copy(x), copy.deepcopy(x)
    x[1].append(3)
    return [a, b]

#: functools_at_work => PASSED
# calls: [5]
# expected: ["int","list","?",true,14,1,5]
import functools
@functools.singledispatch
def kind(x): return "?"
@kind.register
def _(x: int): return "int"
@kind.register(list)
def _(x): return "list"
@functools.total_ordering
class V:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
class C:
    hits = 0
    @functools.cached_property
    def value(self): C.hits += 1; return 7
def f(n):
    c = C()
    return [kind(n), kind([]), kind("x"), V(1) >= V(0), c.value + c.value, C.hits, functools.lru_cache(lambda x: x)(n)]

#: operators_and_itemgetters => PASSED
# calls: [{"a":1,"b":{"c":2}}]
# expected: [1,0,5,12,true]
import operator as op
def f(d): return [op.itemgetter("a")(d), op.methodcaller("get", "z", 0)(d), op.attrgetter("real")(5), op.mul(3, 4), op.contains([1], 1)]

#: arrays_queues_and_uuid => PASSED
# calls: []
# expected: [[1,2,3],1,"00000000-0000-0000-0000-000000000005",36]
import array, queue, uuid
def f():
    a = array.array("i", [1, 2]); a.append(3)
    q = queue.PriorityQueue(); q.put(2); q.put(1)
    return [a.tolist(), q.get(), str(uuid.UUID(int=5)), len(str(uuid.uuid4()))]

#: time_is_there => PASSED
# calls: []
# expected: true
import time
def f():
    a, b = time.perf_counter(), time.monotonic()
    time.sleep(0.001)
    return time.perf_counter() > a and time.monotonic() > b and time.time() > 1.6e9 and time.process_time() >= 0

#: logging_and_warnings => PASSED
# calls: [1]
# expected: 1
import logging, sys, warnings
logging.basicConfig(level=logging.INFO, stream=sys.stdout)
def f(x):
    logging.info("value %s", x)
    logging.getLogger(__name__).warning("careful")
    warnings.warn("old", DeprecationWarning)
    return x

#: prints_much => PASSED
# calls: [300]
# expected: 300
def f(n):
    for i in range(n): print("debug", i, {"state": [i] * 10})
    return n

#: replaces_standard_output => PASSED
# calls: [2]
# expected: 2
import io, sys
sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding="utf-8", line_buffering=True)
def f(x):
    print("é", x)
    return x

#: closes_standard_output => PASSED
# calls: [2]
# expected: 2
import sys
def f(x):
    print(x); sys.stdout.close()
    return x

#: prints_in_unicode => PASSED
# calls: [2]
# expected: 2
import sys
def f(x):
    print("中文 😀", end="", flush=True); sys.stdout.write("x\n"); sys.stderr.write("y"); sys.stdout.buffer.write(b"\xff")
    return x

#: asks_for_input_and_copes => PASSED
# calls: [2]
# expected: [2,"",[],[]]
import sys
def f(x):
    try: return int(input("n? "))
    except EOFError: return [x, sys.stdin.read(), sys.stdin.readlines(), list(sys.stdin)]

#: module_that_is_not_there => PASSED
# calls: [2]
# expected: true
try:
    import numpy as np
except ImportError:
    np = None
def f(x): return np is None or x

#: environment_with_default => PASSED
# calls: [2]
# expected: ["none",null,"a/b",{"$tuple":["x.tar",".gz"]},true,"Linux",9223372036854775807,"/",[]]
import os, platform, sys
def f(x): return [os.environ.get("HOME", "none"), os.getenv("DEBUG"), os.path.join("a", "b"), os.path.splitext("x.tar.gz"), sys.version_info >= (3, 9), platform.system(), sys.maxsize, os.sep, sys.argv[1:]]

#: paths_that_need_no_file => PASSED
# calls: ["/a/b.txt"]
# expected: [".txt","/a/c",false,true,["a","b c"],"x.y","a%20b"]
from pathlib import Path, PurePosixPath
import fnmatch, shlex, urllib.parse
def f(p): return [Path(p).suffix, str(PurePosixPath(p).parent / "c"), Path(p).exists(), fnmatch.fnmatch(p, "*.txt"), shlex.split("a 'b c'"), urllib.parse.urlparse("http://x.y/z?q=1").netloc, urllib.parse.quote("a b")]

#: string_templates_and_pretty_printing => PASSED
# calls: [{"b":1,"a":[1,2]}]
# expected: ["1!","{'a': [1, 2], 'b': 1}",0.75,"&lt;a&gt;",["apple","ape"]]
import pprint, string, difflib, html
def f(d): return [string.Template("$x!").substitute(x=1), pprint.pformat(d), round(difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), 3), html.escape("<a>"), difflib.get_close_matches("appel", ["ape", "apple"])]

#: unittest_inside => PASSED
# calls: [4]
# expected: [true,16]
import doctest, unittest
class T(unittest.TestCase):
    def test(self): self.assertEqual(g(2), 4)
def g(x):
    """
    >>> g(3)
    9
    """
    return x * x
def f(x):
    result = unittest.TextTestRunner(verbosity=0).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
    return [result.wasSuccessful(), g(x)]

#: signals_are_usable => PASSED
# calls: [1]
# expected: 1
import signal, time
class Late(Exception): pass
def ring(*_): raise Late
def f(x):
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    try:
        time.sleep(1)
    except Late: return x

#: socket_pair_in_the_process => PASSED
# calls: [2]
# expected: 2
import selectors, socket
def f(x):
    a, b = socket.socketpair()
    a.sendall(bytes([x]))
    return b.recv(1)[0]

#: pipes_in_the_process => PASSED
# calls: [2]
# expected: [true,2]
import os, select
def f(x):
    r, w = os.pipe()
    os.write(w, bytes([x]))
    return [select.select([r], [], [], 1)[0] == [r], os.read(r, 1)[0]]
