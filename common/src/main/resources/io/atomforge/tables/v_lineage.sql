-- One evaluated problem with what its result comes from: the checkpoint, the run that trained the checkpoint, the table
-- versions that the evaluation, the run and the data set were made of, the problem and its atoms.
--: evaluations_version version of table evaluations with the result
--: evaluation_reads table to version that the evaluation read
--: training_run_id run that trained the checkpoint
--: training_job job of that run
--: git_commit of the program that trained
--: seed of the training
--: training_reads table to version that the training read
--: dataset data set of the training
--: sequences_reads table to version that the data set was made of
--: atoms position, atom_id, topic and half of each step
SELECT e.run_id, e.problem_set, e.problem_id, e.n, e.c, e.greedy_passed,
  w.version AS evaluations_version, w.reads AS evaluation_reads,
  e.checkpoint_id, k.run_id AS training_run_id, k.step, k.parent_checkpoint_id, k.sha256,
  t.job AS training_job, t.git_commit, t.seed, t.reads AS training_reads,
  t.dataset, s.reads AS sequences_reads, p.family, p.split, p.atom_ids, a.atoms
FROM evaluations AS e
LEFT JOIN checkpoints AS k ON e.checkpoint_id = k.checkpoint_id
LEFT JOIN problems AS p ON e.problem_id = p.problem_id
LEFT JOIN (
  SELECT problem_id, array_sort(collect_list(struct(position, b.atom_id, b.topic, b.half))) AS atoms
  FROM (SELECT problem_id, posexplode(atom_ids) AS (position, atom_id) FROM problems) AS q
  JOIN atoms AS b ON q.atom_id = b.atom_id
  GROUP BY problem_id
) AS a ON e.problem_id = a.problem_id
LEFT JOIN (
  SELECT run_id, max(version) AS version, max_by(reads, version) AS reads
  FROM commits WHERE table_name = 'evaluations' GROUP BY run_id
) AS w ON e.run_id = w.run_id
LEFT JOIN (
  SELECT run_id, max_by(job, version) AS job, max_by(git_commit, version) AS git_commit, max_by(seed, version) AS seed,
    max_by(reads, version) AS reads,
    coalesce(max_by(get_json_object(config, '$.dataset'), version), 'default') AS dataset
  FROM commits WHERE table_name = 'checkpoints' GROUP BY run_id
) AS t ON k.run_id = t.run_id
LEFT JOIN (
  SELECT name, version, reads, lead(version) OVER (PARTITION BY name ORDER BY version) AS replaced
  FROM (
    SELECT coalesce(get_json_object(config, '$.name'), 'default') AS name, version, reads
    FROM commits WHERE table_name = 'sequences'
  ) AS d
) AS s ON t.dataset = s.name AND t.reads['sequences'] >= s.version
  AND (s.replaced IS NULL OR t.reads['sequences'] < s.replaced)
