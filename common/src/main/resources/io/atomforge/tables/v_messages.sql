-- One problem as a conversation, in the layout of chat fine-tuning: messages with role and content. language is the language
-- of the prompt; style says whether the answer is a complete program (inline) or calls the atoms (call).
--: messages role and content of user and assistant
--: language of the prompt: en or zh
--: style inline (a complete program) or call (calls the atoms)
SELECT array(named_struct('role', 'user', 'content', prompt), named_struct('role', 'assistant', 'content', trim(TRAILING '\n' FROM answer))) AS messages,
  problem_id, family, split, language, style
FROM problems
  LATERAL VIEW inline(array(
    named_struct('language', 'en', 'prompt', prompt_en), named_struct('language', 'zh', 'prompt', prompt_zh))) prompts AS language, prompt
  LATERAL VIEW inline(array(
    named_struct('style', 'inline', 'answer', reference_inline), named_struct('style', 'call', 'answer', reference_call))) answers AS style, answer
WHERE answer <> ''
