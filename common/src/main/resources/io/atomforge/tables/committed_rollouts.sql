-- The rollouts of the steps that a checkpoint covers, with the columns of rollouts. A run writes the rows of a step before
-- the next checkpoint, so a run that was killed can leave rows of later steps, which it writes again when it continues.
SELECT r.*
FROM rollouts AS r JOIN (SELECT run_id, max(step) AS last_step FROM checkpoints GROUP BY run_id) AS k ON r.run_id = k.run_id
WHERE r.step <= k.last_step
