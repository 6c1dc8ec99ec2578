# outcome: PASSED
# weakest: PROCESS
# calls: [{"$tuple":[1,{"$set":[1,2]}]}] | ["\ud83d\ude00 \ud800 é"] | [{"$dict":[[{"$tuple":[1]},{"$bytes":"00"}]]}] | [{"$float":"-inf"}] | [1e-300] | [1.0]
# expected: {"$tuple":[1,{"$set":[2,1]}]} | "\ud83d\ude00 \ud800 é" | {"$dict":[[{"$tuple":[1]},{"$bytes":"00"}]]} | {"$float":"-inf"} | 1e-300 | 1
def f(x): return x
