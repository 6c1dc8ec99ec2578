-- The tests of one problem as Python: setup stands before the assertions, and each assertion calls entry_point.
--: assertions Python statements, one for each test
--: setup Python that stands before the assertions; may be empty
SELECT problem_id, entry_point, assertions,
  concat(
    IF(exists(assertions, a -> a RLIKE '\\b(true|false|null)\\b'), 'true, false, null = True, False, None\n\n', ''),
    IF(exists(assertions, a -> contains(a, 'decoded(')),
'def decoded(value):
    if isinstance(value, list):
        return [decoded(v) for v in value]
    if not isinstance(value, dict):
        return value
    tag, content = next(iter(value.items()), ("", None))
    if tag == "$dict":
        return {decoded(k): decoded(v) for k, v in content}
    if tag == "$float":
        return float(content)
    if tag == "$bytes":
        return bytes.fromhex(content)
    kinds = {"$tuple": tuple, "$set": set, "$frozenset": frozenset}
    return kinds[tag](map(decoded, content)) if tag in kinds else {k: decoded(v) for k, v in value.items()}

', '')) AS setup
FROM (
  SELECT problem_id, entry_point, transform(tests, t -> concat('assert ', entry_point, '(',
    IF(t.args_json LIKE '%{"$%', concat('*decoded(', t.args_json, ')'), substring(t.args_json, 2, length(t.args_json) - 2)), ') == ',
    IF(t.expected_json LIKE '%{"$%', concat('decoded(', t.expected_json, ')'), t.expected_json))) AS assertions
  FROM problems
  WHERE depth > 0
)
