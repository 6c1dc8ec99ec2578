package io.atomforge.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What decides which arithmetic is fast on a machine.
 *
 * @param architecture as Java names it, such as amd64
 * @param vendor as Linux tells it, such as GenuineIntel; empty if it does not
 * @param model likewise, for people
 * @param flags instruction sets as Linux names them, such as avx512_bf16
 */
record Processor(String architecture, String vendor, String model, Set<String> flags) {
  private static final Processor HERE = read();

  /** Of this machine. */
  static Processor here() {
    return HERE;
  }

  boolean isX86() {
    return architecture.equals("amd64");
  }

  boolean isIntels() {
    return vendor.equals("GenuineIntel");
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }

  private static Processor read() {
    String text;
    try {
      text = Files.readString(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      text = "";
    }
    return of(System.getProperty("os.arch"), text);
  }

  /**
   * @param cpuinfo the text of /proc/cpuinfo; empty where there is none
   */
  static Processor of(String architecture, String cpuinfo) {
    Map<String, String> facts =
        cpuinfo
            .lines()
            .filter(line -> line.contains(":"))
            .map(line -> line.split(":", 2))
            .collect(
                Collectors.toMap(f -> f[0].strip(), f -> f[1].strip(), (first, next) -> first));
    return new Processor(
        architecture,
        facts.getOrDefault("vendor_id", ""),
        facts.getOrDefault("model name", ""),
        Set.copyOf(List.of(facts.getOrDefault("flags", "").split(" "))));
  }
}
