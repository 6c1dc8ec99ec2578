-- One problem in verl's layout for reinforcement learning. ground_truth is JSON with fn_name, inputs (one JSON argument per
-- line) and outputs (JSON), for a rule that calls the function. Problems whose values JSON cannot hold (sets, tuples, dicts
-- with keys that are not text) are left out.
--: data_source atomforge/ and the family
--: prompt one message of the user
--: ability code
--: reward_model style (rule) and ground_truth, JSON with fn_name, inputs and outputs
--: extra_info split, and place in the split
--: language of the prompt: en or zh
SELECT concat('atomforge/', family) AS data_source, array(named_struct('role', 'user', 'content', prompt)) AS prompt, 'code' AS ability,
  named_struct('style', 'rule', 'ground_truth', to_json(named_struct(
    'fn_name', entry_point,
    'inputs', transform(tests, t -> array_join(zip_with(
      from_json(t.args_json, 'array<string>'), from_json(regexp_replace(t.args_json, r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', '"s$1"'), 'array<string>'),
      (text, marked) -> CASE WHEN marked IS NULL THEN 'null' WHEN marked LIKE 's%' THEN regexp_replace(to_json(array(text)), '^.|.$', '')
        ELSE text END), '\n')),
    'outputs', transform(tests, t -> t.expected_json)))) AS reward_model,
  named_struct('split', split, 'index', row_number() OVER (PARTITION BY family, split, language ORDER BY problem_id) - 1) AS extra_info,
  problem_id, family, split, language
FROM problems LATERAL VIEW inline(array(
    named_struct('language', 'en', 'prompt', prompt_en), named_struct('language', 'zh', 'prompt', prompt_zh))) prompts AS language, prompt
WHERE depth > 0 AND NOT exists(tests, t -> t.args_json LIKE '%{"$%' OR t.expected_json LIKE '%{"$%')
