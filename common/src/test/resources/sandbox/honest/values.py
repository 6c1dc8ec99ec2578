#: every_scalar => PASSED
# calls: []
# expected: [null,true,false,0,-1,18446744073709551616,10715086071862673209484250490600018105614048117055336074437503883703510511249361224931983788156958581275946729175531468251871452856923140435984577574698574803934567774824230985421074605062371141877954182153046474983581941267398767559165543946077062914571196477686542167660429831652624386837205668069376,0.0,-0.0,1e-320,1.7976931348623157e+308,"","\ud800","\udfff x","\ud83d\ude00",{"$bytes":""},{"$bytes":"00ff"},{"$float":"inf"},{"$float":"-inf"}]
def f(): return [None, True, False, 0, -1, 2**64, 2**1000, 0.0, -0.0, 1e-320, 1.7976931348623157e308, "", "\ud800", "\udfff x", "😀", b"", b"\x00\xff", float("inf"), float("-inf")]

#: nested_containers => PASSED
# calls: []
# expected: {"$dict":[["a",[{"$tuple":[1,{"$tuple":[2]}]},{"$set":[3]},{"$frozenset":[4]}]],["b",{"c":{}}],["",[]],["$",1],["$tuple",[1]]]}
def f(): return {"a": [(1, (2,)), {3}, frozenset({4})], "b": {"c": {}}, "": [], "$": 1, "$tuple": [1]}

#: odd_keys => PASSED
# calls: []
# expected: {"$dict":[[1,"a"],[2.5,"b"],[null,"c"],[{"$tuple":[1,2]},"d"],[{"$bytes":"78"},"e"],[{"$frozenset":[1]},"f"],[false,"g"],["1","h"]]}
def f(): return {1: "a", 2.5: "b", None: "c", (1, 2): "d", b"x": "e", frozenset({1}): "f", False: "g", "1": "h"}

#: sets_of_everything => PASSED
# calls: []
# expected: [{"$set":["a",{"$tuple":[1,2]},1,2.5,null,{"$bytes":"78"},{"$frozenset":[3]}]},{"$set":[]},{"$frozenset":[]}]
def f(): return [{1, 2.5, "a", None, (1, 2), b"x", frozenset({3})}, set(), frozenset()]

#: deep_but_allowed => PASSED
# calls: []
# expected: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
def f():
    a = []
    for _ in range(190): a = [a]
    return a

#: shared_but_not_cyclic => PASSED
# calls: []
# expected: [[1],[1],{"$tuple":[[1],{"k":[1]}]}]
def f():
    a = [1]
    return [a, a, (a, {"k": a})]

#: arguments_come_back => PASSED
# calls: [[1,[2.5,"é"],{"k":null}]] | [{"$tuple":[1,{"$set":[2]}]}] | [{"$dict":[[1,{"$bytes":"ff"}]]}] | [{"$frozenset":[{"$tuple":[]}]}] | ["\ud800"]
# expected: [1,[2.5,"\u00e9"],{"k":null}] | {"$tuple":[1,{"$set":[2]}]} | {"$dict":[[1,{"$bytes":"ff"}]]} | {"$frozenset":[{"$tuple":[]}]} | "\ud800"
def f(x): return x

#: arguments_of_the_right_type => PASSED
# calls: [{"$tuple":[1]},{"$set":[1]},{"$bytes":"00"},{"$dict":[[1,2]]},{"$float":"inf"},{"a":1}]
# expected: ["tuple","set","bytes","dict","float","dict"]
def f(*args): return [type(a).__name__ for a in args]

#: floats_keep_every_digit => PASSED
# calls: []
# expected: [0.1,0.3333333333333333,5e-324,123456789.12345679,1e+22,1e+16,1.1805916207174113e+21]
def f(): return [0.1, 1 / 3, 5e-324, 123456789.123456789, 1e22, 1e16, 2.0 ** 70]

#: long_string => PASSED
# calls: []
# expected: "a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1a\u00f1"
def f(): return "añ" * 100

#: huge_but_allowed_integer => PASSED
# calls: []
# expected: 3703633553458988191951974517790509106152936708954682243577545665761743636878121352291779253462053983059009668861547217195682739117850118350082403791928877926045008370435070564496615901263788348273433004155115592434036541256193662188514111357600843290635574532158789361254792657179813327520180208828937231810950060232310658708592626955683634893775597064087235180590084377907172455206016344470637679559265797965266379373105102772809662177389416946965493067865426304579889523877234666615299867665848656245124536507750920588975484100300349256862746400814073121132632090114917538537700094096420001
def f(): return 7 ** 700

#: booleans_stay_booleans => PASSED
# calls: []
# expected: [true,false,false]
def f(): return [1 == 1.0, bool(0), True & False]
