package io.atomforge.jobs.judge;

import java.util.Map;

/**
 * What judging has come to.
 *
 * @param reused solutions whose verdict stood in the table, for the same content
 * @param cached of the others, those equal to a program that ran a moment before
 */
public record JudgeSummary(long judged, long reused, long cached, Map<String, Long> outcomes) {}
