-- What one evaluation measured on one problem set.
--: problems of the set
--: greedy share of the judged greedy completions that pass, 0 to 1; empty for completions of a file
--: sampled share of the judged samples that pass, mean over problems, 0 to 1
--: parsed share of the judged greedy completions that are Python and not empty, 0 to 1; empty for completions of a file
--: tokens mean length of the samples
--: entropy mean entropy of a sampled token, nats, estimated by its surprisal at the sampling temperature; empty without samples
--: reference_nll mean negative log-likelihood of a token of the reference answer, nats, mean over problems; empty where no problem has one
--: kl mean KL divergence from the model kl_reference of Evaluate, nats per sampled token; empty where kl_reference is empty
SELECT run_id, checkpoint_id, problem_set, count(*) AS problems, avg(IF(greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST'), int(greedy_passed), NULL)) AS greedy,
  avg(c / nullif(n, 0)) AS sampled,
  avg(CASE WHEN greedy_outcome NOT IN ('', 'SANDBOX_ERROR', 'INVALID_TEST') THEN int(greedy_outcome <> 'COMPILE_ERROR' AND trim(greedy_completion) <> '') END) AS parsed,
  avg(mean_tokens) AS tokens, avg(nullif(entropy, 0)) AS entropy, avg(nullif(reference_nll, 0)) AS reference_nll,
  avg(nullif(kl, 0)) AS kl
FROM evaluations
GROUP BY run_id, checkpoint_id, problem_set
