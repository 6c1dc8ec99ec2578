package io.atomforge.jobs.pipeline;

import io.atomforge.jobs.cli.Input;
import io.atomforge.tables.Warehouse;
import java.util.HashMap;
import java.util.Map;

/** The contents of inputs as they stand, each read again only when it may have changed. */
final class Contents {
  private record Seen(String stamp, String fingerprint) {}

  private final Warehouse warehouse;
  private final Map<String, Seen> seen = new HashMap<>();

  Contents(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  String of(Input input) {
    String stamp = input.stamp(warehouse);
    Seen known = seen.get(input.name());
    if (known == null || !known.stamp().equals(stamp)) {
      known = new Seen(stamp, input.fingerprint(warehouse));
      seen.put(input.name(), known);
    }
    return known.fingerprint();
  }
}
