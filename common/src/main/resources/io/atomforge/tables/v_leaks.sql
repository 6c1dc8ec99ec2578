-- What problems of two splits share and must not share: the ordered tuple of their atoms (except for single atoms, which are
-- trained on by design), the graph, or the behaviour on shared inputs. A sound warehouse has no such row.
--: shared tuple, graph or behaviour
--: value what is shared
--: one_split a split
--: one_problem_id a problem of it
--: other_split another split
--: other_problem_id a problem of it
SELECT shared, value, min(split) AS one_split, min_by(problem_id, split) AS one_problem_id,
  max(split) AS other_split, max_by(problem_id, split) AS other_problem_id
FROM problems LATERAL VIEW stack(3,
    'tuple', IF(family = 'atom', '', array_join(atom_ids, ',')),
    'graph', graph_hash,
    'behaviour', fingerprint) kinds AS shared, value
WHERE value <> ''
GROUP BY shared, value
HAVING min(split) <> max(split)
