# outcome: PASSED
# weakest: PROCESS
# calls: [7]
# expected: [12586269025,"ca978112","1.1",7,[0,1,2,3],true,"{\"a\": 1}","2024-02-29",3904355907,2,"1/3"]
import bisect, collections, copy, dataclasses, datetime, decimal, fractions, functools, hashlib, heapq, itertools, json, math
import operator, random, re, statistics, string, typing, zlib, asyncio, threading, queue, bz2, csv, io, textwrap, enum
@dataclasses.dataclass(order=True)
class P:
    x: int
@functools.lru_cache(None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
async def later(x): return x
def f(x):
    out = queue.Queue()
    threads = [threading.Thread(target=out.put, args=(i,)) for i in range(4)]
    [t.start() for t in threads]; [t.join() for t in threads]
    return [fib(50), hashlib.sha256(b"a").hexdigest()[:8], str(decimal.Decimal("0.1") + 1), asyncio.run(later(x)),
            sorted(out.get() for _ in range(4)), P(1) < P(2), json.dumps({"a": 1}), str(datetime.date(2024, 2, 29)),
            zlib.crc32(b"a"), statistics.median([3, 1, 2]), str(fractions.Fraction(1, 3))]
