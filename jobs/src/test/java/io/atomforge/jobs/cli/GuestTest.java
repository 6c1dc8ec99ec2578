package io.atomforge.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.Doctor;
import io.atomforge.jobs.LoadAtoms;
import io.atomforge.jobs.Query;
import io.atomforge.jobs.TinyPipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that run in a Spark of someone else, one after the other. */
class GuestTest {
  @TempDir Path folder;

  @Test
  void aHostsSessionIsAsItWasAndMistakesAreExceptions() throws Exception {
    SparkSession host = TinyPipeline.SPARK.newSession();
    host.conf().set("spark.sql.shuffle.partitions", "200");
    host.sql("CREATE DATABASE IF NOT EXISTS hosts");
    host.sql("USE hosts");
    host.range(3).createOrReplaceTempView("problems");
    SparkSession.setActiveSession(host);
    try {
      Map<?, ?> before = scala.jdk.javaapi.CollectionConverters.asJava(host.conf().getAll());
      String warehouse = "warehouse=" + folder.resolve("warehouse");
      Path atoms = folder.resolve("atoms.yaml");
      Files.copy(Path.of("../docs/my-atoms.yaml"), atoms);
      LoadAtoms.main(new String[] {warehouse, "atoms=" + atoms});
      Query.main(new String[] {"SELECT count(*) FROM atoms", warehouse});
      assertThatThrownBy(() -> Query.main(new String[] {"SELECT 1", warehouse, "limitt=3"}))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("Query: command line: limitt: unknown key; did you mean limit?");
      assertThatThrownBy(() -> Query.main(new String[] {"SELECT nothing FROM atoms", warehouse}))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("nothing");
      Doctor.main(new String[] {warehouse});
      assertThat(host.sparkContext().isStopped()).isFalse();
      assertThat(SparkSession.active()).isSameAs(host);
      assertThat(scala.jdk.javaapi.CollectionConverters.asJava(host.conf().getAll()))
          .isEqualTo(before);
      assertThat(host.catalog().currentDatabase()).isEqualTo("hosts");
      assertThat(host.table("problems").count()).isEqualTo(3);
    } finally {
      SparkSession.setActiveSession(TinyPipeline.SPARK);
      host.sql("DROP DATABASE hosts");
    }
  }

  @Test
  void aSparkWithoutASessionOfThisThreadIsNotStopped() {
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    try {
      Doctor.main(new String[] {"warehouse=" + folder.resolve("warehouse")});
      assertThat(TinyPipeline.SPARK.sparkContext().isStopped()).isFalse();
    } finally {
      SparkSession.setActiveSession(TinyPipeline.SPARK);
      SparkSession.setDefaultSession(TinyPipeline.SPARK);
    }
  }
}
