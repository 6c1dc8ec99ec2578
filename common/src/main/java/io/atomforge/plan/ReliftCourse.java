package io.atomforge.plan;

import io.atomforge.plan.Plan.Move;
import io.atomforge.plan.Plan.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The course of {@link Plan.Relift}: remembers the problems that failed. */
final class ReliftCourse implements Plan.Course {
  private final int bufferSize;

  /** Oldest first. */
  private List<String> buffer = new ArrayList<>();

  ReliftCourse(int bufferSize) {
    this.bufferSize = bufferSize;
  }

  @Override
  public Move first(long step) {
    return new Move.Reinforce();
  }

  @Override
  public Optional<Move> then(Seen seen) {
    buffer.addAll(seen.failed());
    if (seen.move() instanceof Move.Supervise || buffer.size() < bufferSize) {
      return Optional.empty();
    }
    List<String> newest = buffer.subList(buffer.size() - bufferSize, buffer.size());
    Move supervise = new Move.Supervise(newest);
    newest.clear();
    return Optional.of(supervise);
  }

  @Override
  public Map<String, Object> state() {
    return Map.of("buffer", List.copyOf(buffer));
  }

  @Override
  public void restore(Map<String, Object> state) {
    buffer = new ArrayList<>();
    ((List<?>) Objects.requireNonNull(state.get("buffer"))).forEach(id -> buffer.add((String) id));
  }
}
