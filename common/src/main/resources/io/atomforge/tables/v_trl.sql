-- TRL's conversational prompt-completion layout, for SFTTrainer; GRPOTrainer takes prompt and hands the rest to its
-- reward functions. language and style as in v_messages.
SELECT slice(messages, 1, 1) AS prompt, slice(messages, 2, 1) AS completion, problem_id, family, split, language, style
FROM v_messages
