-- What one evaluation measured on one problem set, beside the checkpoint that the training of the model started from. The
-- changes are taken over the problems that both checkpoints were asked in sets of one name; a negative change is forgetting.
-- They are empty where the start was not evaluated.
--: greedy share of the judged greedy completions that pass, 0 to 1
--: sampled share of the judged samples that pass, mean over problems, 0 to 1; empty without samples
--: shared_problems problems of the set that the start was asked too
--: greedy_start the start's greedy on these problems, 0 to 1
--: greedy_change greedy of the evaluation less that of the start on these problems, -1 to 1
--: sampled_start the start's sampled on these problems, 0 to 1
--: sampled_change sampled of the evaluation less that of the start on these problems, -1 to 1
--: greedy_gap greedy on test problems of composite_a less that on test problems of composite_b in the same evaluation, -1 to 1; empty unless both were asked
--: sampled_gap the same difference of sampled, -1 to 1
SELECT e.run_id, e.checkpoint_id, e.problem_set, k.parent_checkpoint_id,
  avg(IF(e.greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(e.greedy_passed), NULL)) AS greedy, avg(e.c / nullif(e.n, 0)) AS sampled, count(s.problem_id) AS shared_problems,
  avg(s.greedy) AS greedy_start, avg(IF(e.greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(e.greedy_passed), NULL) - s.greedy) AS greedy_change,
  avg(s.sampled) AS sampled_start, avg(e.c / nullif(e.n, 0) - s.sampled) AS sampled_change,
  first(g.greedy_gap) AS greedy_gap, first(g.sampled_gap) AS sampled_gap
FROM evaluations AS e
LEFT JOIN checkpoints AS k ON e.checkpoint_id = k.checkpoint_id
LEFT JOIN (
  SELECT checkpoint_id, problem_set, problem_id,
    max_by(IF(greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(greedy_passed), NULL), run_id) AS greedy, max_by(c / nullif(n, 0), run_id) AS sampled
  FROM evaluations GROUP BY checkpoint_id, problem_set, problem_id
) AS s ON k.parent_checkpoint_id = s.checkpoint_id AND e.problem_set = s.problem_set AND e.problem_id = s.problem_id
LEFT JOIN (
  SELECT r.run_id, r.checkpoint_id,
    avg(IF(p.family = 'composite_a', IF(r.greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(r.greedy_passed), NULL), NULL)) - avg(IF(p.family = 'composite_b', IF(r.greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(r.greedy_passed), NULL), NULL)) AS greedy_gap,
    avg(IF(p.family = 'composite_a', r.c / nullif(r.n, 0), NULL)) - avg(IF(p.family = 'composite_b', r.c / nullif(r.n, 0), NULL)) AS sampled_gap
  FROM evaluations AS r JOIN problems AS p ON r.problem_id = p.problem_id
  WHERE p.split = 'test'
  GROUP BY r.run_id, r.checkpoint_id
) AS g ON e.run_id = g.run_id AND e.checkpoint_id = g.checkpoint_id
GROUP BY e.run_id, e.checkpoint_id, e.problem_set, k.parent_checkpoint_id
