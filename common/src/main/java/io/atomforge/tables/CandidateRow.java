package io.atomforge.tables;

import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Rejection;
import java.util.List;

/** One judged candidate: one of the two lists has one element. */
public record CandidateRow(
    String basis,
    String family,
    long index,
    String graphHash,
    List<Problem> problem,
    List<Rejection> rejection) {}
