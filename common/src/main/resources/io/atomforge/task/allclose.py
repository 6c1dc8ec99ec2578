class np:
    """What the tests use of numpy, for values that are no arrays."""

    ndarray, float32, float64 = (), float, float

    @staticmethod
    def allclose(out, exp, rtol=1e-05, atol=1e-08):
        if isinstance(exp, (list, tuple)):
            parts = zip(out, exp) if isinstance(out, (list, tuple)) and len(out) == len(exp) else [(None, 0)]
            return all(np.allclose(o, e, rtol, atol) for o, e in parts)
        if not isinstance(out, (bool, int, float)) or not isinstance(exp, (bool, int, float)):
            return False
        return out == exp or abs(out - exp) <= atol + rtol * abs(exp)
