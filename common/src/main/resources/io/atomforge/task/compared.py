import copy
import json


def is_floats(x):
    return isinstance(x, float) or isinstance(x, (list, tuple)) and len(x) > 0 and all(isinstance(i, float) for i in x)


def compare(candidate, source, entry_point, inputs, atol):
    reference = {}
    exec(source, reference)
    for args in inputs:
        out = candidate(*copy.deepcopy(args))
        if entry_point == "find_zero":  # any root will do
            assert abs(sum(c * out**i for i, c in enumerate(args[0]))) <= (atol or 1e-6)
            continue
        exp = reference[entry_point](*copy.deepcopy(args))
        tolerance = 1e-6 if atol == 0 and is_floats(exp) else atol
        assert out == exp or tolerance != 0 and np.allclose(out, exp, rtol=1e-07, atol=tolerance)
