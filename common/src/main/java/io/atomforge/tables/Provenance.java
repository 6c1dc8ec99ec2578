package io.atomforge.tables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a write comes from; stands in each Delta commit as user metadata.
 *
 * @param job the job's class name
 * @param config the effective config
 */
public record Provenance(String job, String gitCommit, JsonNode config) {

  /**
   * @param reads table to the version that was read
   * @return one JSON object: job, git_commit, config (with the seed) and reads
   */
  String json(Map<String, Long> reads) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("job", job).put("git_commit", gitCommit);
    node.set("config", config);
    ObjectNode versions = node.putObject("reads");
    new TreeMap<>(reads).forEach(versions::put);
    return node.toString();
  }
}
