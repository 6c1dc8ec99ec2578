-- Whether a run learns the visible tests in place of the task: of each step's rollouts the share that pass all tests a prompt
-- may show and fail another one, beside the share that pass all; and what the sandbox took for a rollout, in milliseconds.
SELECT run_id, step, count(*) AS rollouts,
  avg(int(outcome = 'PASSED')) AS passed,
  avg(int(visible_passed AND outcome <> 'PASSED')) AS visible_pass_hidden_fail,
  avg(wall_ms) AS mean_wall_ms, percentile_approx(wall_ms, 0.95) AS p95_wall_ms, sum(cpu_ms) AS cpu_ms
FROM rollouts
GROUP BY run_id, step
