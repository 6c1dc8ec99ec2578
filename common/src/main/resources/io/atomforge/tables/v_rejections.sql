-- One reason for which candidates of a family were refused; share is the share of all candidates of the family, kept ones
-- included.
--: family family that the candidates were meant for
--: candidates candidates refused for this reason
--: share of all candidates of the family, 0 to 1
--: example one of the candidates
--: example_detail detail of its refusal
SELECT r.family, stage, reason, candidates, candidates / (sum(candidates) OVER (PARTITION BY r.family) + coalesce(kept, 0)) AS share,
  example, example_detail
FROM (
  SELECT split(candidate, '/')[0] AS family, stage, reason, count(*) AS candidates,
    min(candidate) AS example, min_by(detail, candidate) AS example_detail
  FROM rejections GROUP BY 1, 2, 3
) AS r
LEFT JOIN (SELECT family, count(*) AS kept FROM problems GROUP BY family) AS p ON r.family = p.family
