-- How often one outcome occurs: among solutions by author (run_id), among rollouts by step, and among the samples of an
-- evaluation by problem set.
--: origin solutions, rollouts or evaluations
--: run_id the run, or of solutions their author
--: step step of the run; NULL except of rollouts
--: problem_set set of problems; NULL except of evaluations
--: outcome verdict
--: programs programs with this outcome
--: share of all programs of the same origin, run_id, step and problem_set, 0 to 1
SELECT origin, run_id, step, problem_set, outcome, programs,
  programs / sum(programs) OVER (PARTITION BY origin, run_id, step, problem_set) AS share
FROM (
  SELECT 'solutions' AS origin, s.source AS run_id, CAST(NULL AS BIGINT) AS step, CAST(NULL AS STRING) AS problem_set,
    v.outcome, count(*) AS programs
  FROM verdicts AS v JOIN solutions AS s ON v.solution_id = s.solution_id
  GROUP BY s.source, v.outcome
  UNION ALL
  SELECT 'rollouts', run_id, step, NULL, outcome, count(*) FROM rollouts GROUP BY run_id, step, outcome
  UNION ALL
  SELECT 'evaluations', run_id, NULL, problem_set, outcome, sum(programs)
  FROM evaluations LATERAL VIEW explode(sampled_outcomes) outcomes AS outcome, programs
  GROUP BY run_id, problem_set, outcome
)
