-- One problem in the layout of HumanEval: prompt is a signature with the task as docstring, canonical_solution continues
-- the prompt, and the functions that the solution calls follow.
--: task_id atomforge/ and the problem_id
--: prompt signature with the task as docstring
--: canonical_solution continues the prompt
--: test defines check(candidate)
--: language of the prompt: en or zh
SELECT concat('atomforge/', p.problem_id) AS task_id,
  concat('def ', signature, ':\n    """', replace(replace(prompt, '\\', '\\\\'), '"""', '\'\'\''), '\n    """\n') AS prompt,
  p.entry_point,
  concat(regexp_extract(reference_call, '(?s)def [^\\n]*:\\n(.*)', 1), '\n\n', replace(reference_inline, reference_call, '')) AS canonical_solution,
  concat(setup, 'def check(candidate):\n    ',
    array_join(transform(assertions, a -> replace(a, concat('assert ', p.entry_point, '('), 'assert candidate(')), '\n    '), '\n') AS test,
  p.problem_id, family, split, language
FROM problems AS p JOIN v_python_tests AS t ON p.problem_id = t.problem_id
  LATERAL VIEW inline(array(
    named_struct('language', 'en', 'prompt', prompt_en), named_struct('language', 'zh', 'prompt', prompt_zh))) prompts AS language, prompt
