-- One problem in TRL's conversational prompt-completion layout, for SFTTrainer; GRPOTrainer takes prompt and passes the
-- other columns to its reward functions. language and style are those of v_messages.
SELECT slice(messages, 1, 1) AS prompt, slice(messages, 2, 1) AS completion, problem_id, family, split, language, style
FROM v_messages
