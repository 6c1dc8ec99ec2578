-- The measured numbers of the steps that a checkpoint covers, in the columns of step_metrics. A run writes the rows of its steps before the
-- checkpoint; one that was killed in between has rows that it will write anew.
SELECT r.*
FROM step_metrics AS r JOIN (SELECT run_id, max(step) AS last_step FROM checkpoints GROUP BY run_id) AS k ON r.run_id = k.run_id
WHERE r.step <= k.last_step
