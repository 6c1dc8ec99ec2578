-- One problem in TRL's conversational prompt-completion layout, for SFTTrainer; GRPOTrainer takes prompt and passes the
-- other columns to its reward functions. language and style are those of v_messages.
--: prompt one message of the user
--: completion one message of the assistant
--: language of the prompt: en or zh
--: style inline (a complete program) or call (calls the atoms)
SELECT slice(messages, 1, 1) AS prompt, slice(messages, 2, 1) AS completion, problem_id, family, split, language, style
FROM v_messages
