-- One step of the chain of atoms that an evaluated problem asks for, with the function that the greedy completion calls at
-- that step; called is empty where the completion has fewer calls. Only for answers that call the atoms by name.
--: step place in the chain, from 1
--: asked atom that the problem asks for at this step
--: called function that the completion calls at this place; empty if it has fewer calls
--: right whether the two are the same
SELECT run_id, problem_set, problem_id, depth, greedy_passed, position + 1 AS step, asked,
  coalesce(get(calls, position), '') AS called, coalesce(get(calls, position) = asked, false) AS right
FROM (
  SELECT e.run_id, e.problem_set, e.problem_id, e.depth, e.greedy_passed,
    filter(regexp_extract_all(e.greedy_completion, '([A-Za-z_0-9]+)[(]', 1), c -> c <> p.entry_point) AS calls,
    filter(regexp_extract_all(p.reference_call, '([A-Za-z_0-9]+)[(]', 1), c -> array_contains(p.atom_ids, c)) AS chain
  FROM evaluations AS e
  JOIN problems AS p ON e.problem_id = p.problem_id
) LATERAL VIEW posexplode(chain) AS position, asked
