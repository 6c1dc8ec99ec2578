-- Unbiased pass@k of one checkpoint on one problem set, for every k up to the fewest samples of a problem of the set;
-- greedy is the pass rate of the greedy completions.
--: k samples of a problem of which one must pass
--: pass_at_k unbiased estimate, 0 to 1
--: standard_error over problems
--: greedy share of the judged greedy completions that pass, 0 to 1
--: problems problems of the set
SELECT run_id, checkpoint_id, problem_set, k, avg(p) AS pass_at_k,
  stddev_samp(p) / sqrt(count(*)) AS standard_error, avg(IF(greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(greedy_passed), NULL)) AS greedy, count(*) AS problems
FROM (
  SELECT *,
    CASE WHEN c = 0 THEN 0D WHEN n - c < k THEN 1D
      ELSE 1 - aggregate(sequence(n - c + 1, n), 1D, (product, i) -> product * (1 - k / i)) END AS p
  FROM evaluations LATERAL VIEW explode(array(1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 256)) ks AS k
)
GROUP BY run_id, checkpoint_id, problem_set, k
HAVING min(n) >= k
