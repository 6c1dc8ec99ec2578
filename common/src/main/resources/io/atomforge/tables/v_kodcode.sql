-- One problem in the layout of KodCode: test is a pytest module beside solution.py. gpt_pass_percentage is the pass rate
-- over all samples of all evaluations of the problem, and empty if there are none.
--: question task in one language
--: solution complete program
--: test pytest module beside solution.py
--: test_info function that the tests call
--: gpt_pass_percentage share of all evaluated samples that pass, 0 to 1; NULL if there are none
--: gpt_pass_trial_num evaluated samples; NULL if there are none
--: language of the prompt: en or zh
SELECT p.problem_id AS question_id, prompt AS question, reference_inline AS solution,
  concat('from solution import ', p.entry_point, '\n\n', setup, array_join(transform(assertions,
    (a, i) -> concat('\ndef test_', p.entry_point, '_', string(i), '():\n    ', a, '\n')), '\n')) AS test,
  array(named_struct('function_name', p.entry_point, 'function_declaration', concat('def ', signature, ':'),
    'parameter_list', concat('(', regexp_extract(signature, '\\((.*)\\) ->', 1), ')'), 'docstring', prompt)) AS test_info,
  e.passed / e.samples AS gpt_pass_percentage, e.samples AS gpt_pass_trial_num,
  p.problem_id, family, split, language
FROM problems AS p JOIN v_python_tests AS t ON p.problem_id = t.problem_id
LEFT JOIN (
  SELECT problem_id, sum(c) AS passed, sum(n) AS samples FROM evaluations GROUP BY problem_id HAVING sum(n) > 0
) AS e ON p.problem_id = e.problem_id
  LATERAL VIEW inline(array(
    named_struct('language', 'en', 'prompt', prompt_en), named_struct('language', 'zh', 'prompt', prompt_zh))) prompts AS language, prompt
