-- One step of a run: the share of its rollouts that pass all tests a prompt may show and fail another test, the share that
-- pass all tests, and the time that the sandbox took per rollout, milliseconds. The first share shows reward hacking.
--: rollouts completions of the step
--: passed share that passes all tests, 0 to 1
--: visible_pass_hidden_fail share that passes all tests that a prompt may show, and fails another, 0 to 1
--: mean_wall_ms mean wall-clock time of judging one, milliseconds
--: p95_wall_ms 95 of 100 were judged in this time or less, milliseconds
--: cpu_ms processor time of judging all, milliseconds
SELECT run_id, step, count(*) AS rollouts,
  avg(int(outcome = 'PASSED')) AS passed,
  avg(int(visible_passed AND outcome <> 'PASSED')) AS visible_pass_hidden_fail,
  avg(wall_ms) AS mean_wall_ms, percentile_approx(wall_ms, 0.95) AS p95_wall_ms, sum(cpu_ms) AS cpu_ms
FROM rollouts
GROUP BY run_id, step
