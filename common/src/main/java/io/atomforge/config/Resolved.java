package io.atomforge.config;

import java.util.Map;

/** A block of a config with a key that names something of this machine, such as a program. */
public interface Resolved {
  /**
   * What matters of that: names to values, which count as keys of the block. The names are
   * snake_case and no keys of it.
   *
   * @throws ConfigException if this machine has no such thing
   */
  Map<String, String> resolved();
}
