#: two_sum => PASSED
# calls: [[2,7,11,15],9] | [[3,3],6]
# expected: [0,1] | [0,1]
from typing import List
def f(nums: List[int], target: int) -> List[int]:
    seen = {}
    for i, n in enumerate(nums):
        if target - n in seen:
            return [seen[target - n], i]
        seen[n] = i
    return []

#: sieve => PASSED
# calls: [30] | [2]
# expected: [2,3,5,7,11,13,17,19,23,29] | [2]
def f(n):
    is_prime = bytearray([1]) * (n + 1)
    is_prime[0:2] = b"\0\0"
    for i in range(2, int(n ** 0.5) + 1):
        if is_prime[i]:
            is_prime[i * i :: i] = bytes(len(is_prime[i * i :: i]))
    return [i for i, p in enumerate(is_prime) if p]

#: dijkstra => PASSED
# calls: [{"a":{"b":1,"c":4},"b":{"c":2,"d":5},"c":{"d":1},"d":{}},"a"]
# expected: {"a":0,"b":1,"c":3,"d":4}
import heapq
def f(graph, start):
    best = {start: 0}
    heap = [(0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > best[u]: continue
        for v, w in graph[u].items():
            if d + w < best.get(v, float("inf")):
                best[v] = d + w
                heapq.heappush(heap, (d + w, v))
    return best

#: topological_sort => PASSED
# calls: [[[1,0],[2,0],[3,1],[3,2]]]
# expected: [0,1,2,3]
from collections import defaultdict, deque
def f(edges):
    after, waits = defaultdict(list), defaultdict(int)
    for a, b in edges:
        after[b].append(a); waits[a] += 1; waits[b] += 0
    ready, order = deque(sorted(n for n in waits if not waits[n])), []
    while ready:
        n = ready.popleft()
        order.append(n)
        for m in after[n]:
            waits[m] -= 1
            if not waits[m]: ready.append(m)
    return order

#: union_find => PASSED
# calls: [5,[[0,1],[1,2],[3,4]]]
# expected: 2
def f(n, edges):
    parent = list(range(n))
    def find(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x
    for a, b in edges: parent[find(a)] = find(b)
    return len({find(i) for i in range(n)})

#: edit_distance => PASSED
# calls: ["kitten","sitting"] | ["",""]
# expected: 3 | 0
from functools import lru_cache
def f(a, b):
    @lru_cache(maxsize=None)
    def d(i, j):
        if not i or not j: return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1]))
    return d(len(a), len(b))

#: longest_increasing => PASSED
# calls: [[10,9,2,5,3,7,101,18]]
# expected: 4
import bisect
def f(xs):
    tails = []
    for x in xs:
        i = bisect.bisect_left(tails, x)
        tails[i:i + 1] = [x]
    return len(tails)

#: knapsack => PASSED
# calls: [[1,3,4],[15,20,30],4]
# expected: 35
def f(weights, values, room):
    best = [0] * (room + 1)
    for w, v in zip(weights, values):
        for r in range(room, w - 1, -1): best[r] = max(best[r], best[r - w] + v)
    return best[-1]

#: queens => PASSED
# calls: [6]
# expected: 4
def f(n):
    def place(row, cols, left, right):
        if row == n: return 1
        free, count = ~(cols | left | right) & ((1 << n) - 1), 0
        while free:
            bit = free & -free
            free ^= bit
            count += place(row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1)
        return count
    return place(0, 0, 0, 0)

#: permutations_and_products => PASSED
# calls: [[1,2,3]]
# expected: [[{"$tuple":[1,2]},{"$tuple":[1,3]},{"$tuple":[2,1]},{"$tuple":[2,3]},{"$tuple":[3,1]},{"$tuple":[3,2]}],[{"$tuple":[1,2]},{"$tuple":[1,3]},{"$tuple":[2,3]}],[{"$tuple":[1,1]},{"$tuple":[1,2]},{"$tuple":[1,3]}],[1,3,6],[{"$tuple":[1,2]},{"$tuple":[2,1]}],[1,2,3,1,2,3],[5,6],[{"$tuple":[1,"a"]},{"$tuple":[2,null]},{"$tuple":[3,null]}]]
import itertools
def f(xs):
    return [list(itertools.permutations(xs, 2)), list(itertools.combinations(xs, 2)), list(itertools.product(xs, repeat=2))[:3],
            list(itertools.accumulate(xs)), [(k, len(list(g))) for k, g in itertools.groupby([1, 1, 2])],
            list(itertools.chain.from_iterable([xs, xs])), list(itertools.islice(itertools.count(5), 2)), list(itertools.zip_longest(xs, "a"))]

#: matrix_product => PASSED
# calls: [[[1,2],[3,4]],[[5,6],[7,8]]]
# expected: [[19,22],[43,50]]
def f(a, b): return [[sum(x * y for x, y in zip(row, col)) for col in zip(*b)] for row in a]

#: rotate_and_spiral => PASSED
# calls: [[[1,2,3],[4,5,6],[7,8,9]]]
# expected: [[1,2,3,6,9,8,7,4,5],[[7,4,1],[8,5,2],[9,6,3]]]
def f(m):
    out, rest = [], [row[:] for row in m]
    while rest:
        out += rest.pop(0)
        rest = [list(r) for r in zip(*rest)][::-1]
    return [out, [list(r) for r in zip(*m[::-1])]]

#: determinant => PASSED
# calls: [[[2,0,1],[1,3,2],[1,1,1]]]
# expected: 0
from fractions import Fraction
def f(m):
    m = [[Fraction(x) for x in row] for row in m]
    det = Fraction(1)
    for i in range(len(m)):
        p = next((r for r in range(i, len(m)) if m[r][i]), None)
        if p is None: return 0
        if p != i: m[i], m[p], det = m[p], m[i], -det
        det *= m[i][i]
        for r in range(i + 1, len(m)):
            k = m[r][i] / m[i][i]
            m[r] = [a - k * b for a, b in zip(m[r], m[i])]
    return int(det)

#: big_fibonacci => PASSED
# calls: [1000]
# expected: 43466557686937456435688527675040625802564660517371780402481729089536555417949051890403879840079255169295922593080322634775209689623239873322471161642996440906533187938298969649928516003704476137795166849228875
def f(n):
    a, b = 0, 1
    for _ in range(n): a, b = b, a + b
    return a

#: modular => PASSED
# calls: [7,100,1000000007]
# expected: [946501044,142857144,6,120,10,2432902008176640000,6]
import math
def f(a, b, m): return [pow(a, b, m), pow(a, -1, m), math.gcd(48, 18), math.comb(10, 3), math.isqrt(b), math.factorial(20), math.prod([1, 2, 3])]

#: bit_tricks => PASSED
# calls: [37]
# expected: [3,6,1,55,-38,43681889966544218226688,5,"00100101","0025"]
def f(n): return [bin(n).count("1"), n.bit_length(), n & -n, n ^ (n >> 1), ~n, n << 70, int("0b101", 2), f"{n:08b}", n.to_bytes(2, "big").hex()]

#: flood_fill => PASSED
# calls: [[[1,1,0],[1,0,0],[0,0,1]]]
# expected: [1,3]
def f(grid):
    seen = set()
    def fill(r, c):
        if (r, c) in seen or not (0 <= r < len(grid) and 0 <= c < len(grid[0])) or not grid[r][c]: return 0
        seen.add((r, c))
        return 1 + fill(r + 1, c) + fill(r - 1, c) + fill(r, c + 1) + fill(r, c - 1)
    return sorted(a for a in (fill(r, c) for r in range(len(grid)) for c in range(len(grid[0]))) if a)

#: recursion_to_900 => PASSED
# calls: [900]
# expected: 900
def f(n): return 0 if n == 0 else 1 + f(n - 1)

#: raised_recursion_limit => PASSED
# calls: [20000]
# expected: 20000
import sys
sys.setrecursionlimit(10**6)
def f(n): return 0 if n == 0 else 1 + f(n - 1)

#: recursion_in_a_large_stack => PASSED
# calls: [9000]
# expected: 9000
import sys, threading
sys.setrecursionlimit(10**6)
threading.stack_size(64 << 20)
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
def f(n):
    out = []
    t = threading.Thread(target=lambda: out.append(depth(n)))
    t.start(); t.join()
    return out[0]

#: sort_by_keys => PASSED
# calls: [[["bob",3],["al",3],["cy",1]]]
# expected: [[["al",3],["bob",3],["cy",1]],[["cy",1],["bob",3],["al",3]],[["bob",3],["al",3],["cy",1]],["bob",3],["al",3]]
import functools, operator
def f(rows):
    return [sorted(rows, key=lambda r: (-r[1], r[0])), sorted(rows, key=operator.itemgetter(1)),
            sorted(rows, key=functools.cmp_to_key(lambda a, b: a[1] - b[1]), reverse=True), max(rows, key=len), min(rows)]

#: merge_intervals => PASSED
# calls: [[[1,3],[2,6],[8,10]]]
# expected: [[1,6],[8,10]]
def f(spans):
    out = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]: out[-1][1] = max(out[-1][1], b)
        else: out.append([a, b])
    return out

#: levels_of_a_tree => PASSED
# calls: [[3,9,20,null,null,15,7]]
# expected: [[3],[9,20],[15,7]]
class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val, self.left, self.right = val, left, right
def build(xs, i=0):
    return TreeNode(xs[i], build(xs, 2 * i + 1), build(xs, 2 * i + 2)) if i < len(xs) and xs[i] is not None else None
def f(xs):
    level, out = [build(xs)], []
    while level := [n for n in level if n]:
        out.append([n.val for n in level])
        level = [c for n in level for c in (n.left, n.right)]
    return out

#: linked_list_reversed => PASSED
# calls: [[1,2,3]]
# expected: [3,2,1]
class Node:
    __slots__ = ("val", "next")
    def __init__(self, val, next=None): self.val, self.next = val, next
def f(xs):
    head = None
    for x in xs: head = Node(x, head)
    out = []
    while head: out.append(head.val); head = head.next
    return out

#: trie => PASSED
# calls: [["apple","app","bat"],"ap"]
# expected: ["app","apple"]
def f(words, prefix):
    root = {}
    for w in words:
        node = root
        for c in w: node = node.setdefault(c, {})
        node["$"] = w
    node = root
    for c in prefix: node = node[c]
    out, todo = [], [node]
    while todo:
        for k, v in todo.pop().items():
            if k == "$": out.append(v)
            else: todo.append(v)
    return sorted(out)

#: memo_dictionary => PASSED
# calls: [40]
# expected: 102334155
memo = {}
def f(n):
    if n < 2: return n
    if n not in memo: memo[n] = f(n - 1) + f(n - 2)
    return memo[n]

#: random_with_a_seed => PASSED
# calls: [7]
# expected: true
import random
def f(seed):
    r = random.Random(seed)
    xs = list(range(100))
    r.shuffle(xs)
    return sorted(xs) == list(range(100)) and 0 <= r.random() < 1 and r.choice([3]) == 3

#: sum_of_a_large_range => PASSED
# calls: [200000]
# expected: 2666646666700000
def f(n): return sum(i * i for i in range(n))

#: game_of_life => PASSED
# calls: [[[0,1,0],[0,1,0],[0,1,0]]]
# expected: [[0,0,0],[1,1,1],[0,0,0]]
def f(b):
    h, w = len(b), len(b[0])
    near = lambda r, c: sum(b[i][j] for i in range(max(0, r - 1), min(h, r + 2)) for j in range(max(0, c - 1), min(w, c + 2))) - b[r][c]
    return [[int(near(r, c) == 3 or b[r][c] and near(r, c) == 2) for c in range(w)] for r in range(h)]
