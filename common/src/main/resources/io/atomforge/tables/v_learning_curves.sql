-- One metric of a training run at one step, with its mean over the last 20 steps (smoothed). The pass rates of the run's
-- checkpoints stand at their steps as val/SET/pass@1 and val/SET/greedy.
--: run_id the run
--: name metric
--: step step of the run
--: value value at the step
--: smoothed mean over the last 20 steps
SELECT run_id, name, step, value,
  avg(value) OVER (PARTITION BY run_id, name ORDER BY step ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS smoothed
FROM (
  SELECT run_id, name, step, value FROM step_metrics
  UNION ALL
  SELECT k.run_id, name, k.step, avg(value) AS value
  FROM evaluations AS e JOIN checkpoints AS k ON e.checkpoint_id = k.checkpoint_id
    LATERAL VIEW inline(array(
      struct(concat('val/', e.problem_set, '/pass@1'), IF(e.n > 0, e.c / e.n, NULL)),
      struct(concat('val/', e.problem_set, '/greedy'), double(IF(e.greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(e.greedy_passed), NULL))))) rates AS name, value
  GROUP BY k.run_id, name, k.step
)
