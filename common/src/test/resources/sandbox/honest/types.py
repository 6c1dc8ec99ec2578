# outcome: PASSED
# weakest: PROCESS
# calls: [0]
# expected: [null, true, 1, 1.0, 2.5, "a", {"$bytes":"00ff"}, {"$tuple":[1]}, {"$set":[2,1]}, {"$frozenset":[3]}, {"a":1}, {"$dict":[[1,{"$tuple":[2]}]]}, {"$dict":[["$x",1]]}, {"$float":"inf"}]
def f(x):
    return [None, True, 1, 1.0, 2.5, "a", b"\x00\xff", (1,), {1, 2}, frozenset({3}), {"a": 1}, {1: (2,)}, {"$x": 1}, float("inf")]
