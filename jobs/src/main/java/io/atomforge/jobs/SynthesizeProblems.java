package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CANDIDATES;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;

import io.atomforge.config.Basis;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Decontamination;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Composer;
import io.atomforge.synthesis.Family;
import io.atomforge.synthesis.Grammar;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Solution;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Warehouse;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * Draws candidates, proves in the sandbox those that {@code candidates} does not have yet, and
 * writes {@code problems}, {@code rejections} and {@code solutions}.
 */
public final class SynthesizeProblems {
  /**
   * See {@code conf/synthesize-problems.yaml}.
   *
   * @param oversample candidates per problem wanted
   * @param sliceSize candidates judged between two commits
   * @param minimumDistinctOutputs different results that a graph must give over its inputs
   */
  record Config(
      @Operational String warehouse,
      long seed,
      @Operational int partitions,
      SandboxConfig sandbox,
      int renderingsPerAtom,
      int renderingsPerVariant,
      int compositeA,
      int compositeB,
      int compositeC,
      double oversample,
      @Operational int sliceSize,
      int minimumDistinctOutputs,
      List<String> decontaminate,
      int decontaminateWords,
      Grammar grammar)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.atLeast(0, "renderings_per_atom", renderingsPerAtom);
      Checks.atLeast(0, "renderings_per_variant", renderingsPerVariant);
      Checks.atLeast(1, "decontaminate_words", decontaminateWords);
      Checks.atLeast(0, "composite_a", compositeA);
      Checks.atLeast(0, "composite_b", compositeB);
      Checks.atLeast(0, "composite_c", compositeC);
      Checks.atLeast(1, "slice_size", sliceSize);
      Checks.atLeast(2, "minimum_distinct_outputs", minimumDistinctOutputs);
      Checks.check(oversample >= 1 && oversample <= 100, "oversample", oversample, "1 to 100");
    }
  }

  record Summary(
      Map<String, Long> problems,
      Map<String, Long> splits,
      Map<String, Long> rejections,
      Map<String, String> space) {}

  static final Job<Config> JOB =
      new Job<>(
              "SynthesizeProblems",
              "compose atoms into problems, proven by execution, split apart",
              Config.class,
              List.of(ATOMS),
              List.of(CANDIDATES, PROBLEMS, REJECTIONS, SOLUTIONS),
              SynthesizeProblems::run)
          .dependsOn(SynthesizeProblems::inputs);

  private static final long ROWS_PER_FILE = 50_000;

  private SynthesizeProblems() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    return Stream.<Input>concat(
            Stream.of(Input.Rows.of(ATOMS)),
            config.decontaminate().stream().map(Inputs.OfFiles::new))
        .toList();
  }

  static Summary run(Warehouse warehouse, Config config) {
    config.sandbox().open(0); // refuses before anything is read
    Decontamination decontamination =
        Decontamination.open(
            warehouse, config.sandbox(), config.decontaminate(), config.decontaminateWords());
    List<AtomRow> atoms = Warehouse.collect(ATOMS, warehouse.read(ATOMS));
    Broadcast<Candidates.Source> source =
        JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext())
            .broadcast(new Candidates.Source(atoms, config.seed(), config.grammar()));
    Composer composer = source.value().composer();
    int bases = source.value().bases();
    Map<Family, Integer> wanted = wanted(config, bases, atoms.size() - bases);
    if (wanted.values().stream().allMatch(count -> count == 0)) {
      throw new ConfigException(
          "renderings_per_atom, renderings_per_variant, composite_a, composite_b and composite_c"
              + " are all 0, so there is nothing to make; set one");
    }
    wanted.entrySet().stream()
        .filter(family -> family.getValue() > 0)
        .forEach(family -> composer.candidate(family.getKey(), 0)); // refuses an empty grammar
    Dataset<Row> slots =
        Candidates.slots(warehouse, config, source, wanted).persist(StorageLevel.MEMORY_AND_DISK());
    Basis basis = Candidates.basis(warehouse, config);
    Dataset<Row> first = slots.filter("same = 1").drop("same");
    Candidates.judge(warehouse, first, config, source, basis);
    Dataset<Row> judged = warehouse.read(CANDIDATES).filter(col("basis").equalTo(basis.toString()));
    // Columns that are a few bytes each: what is wide is read once more for the rows that are kept.
    Dataset<Row> proven =
        judged
            .filter(size(col("problem")).gt(0))
            .select(
                col("family"),
                col("index"),
                col("problem.problem_id").getItem(0).as("problem_id"),
                col("problem.fingerprint").getItem(0).as("fingerprint"))
            .join(first.select("family", "index", "rank"), Candidates.KEY);
    Dataset<Row> found =
        decontamination
            .findings(
                judged
                    .join(first, Candidates.KEY, "left_semi")
                    .select(explode(col("problem")).as("problem"))
                    .select("problem.*"))
            .dropDuplicates("problem_id")
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> sound =
        proven
            .join(found, new String[] {"problem_id"}, "left_anti")
            .withColumn("same", Candidates.among("fingerprint"))
            .withColumn(
                "place", row_number().over(Window.partitionBy("rank", "same").orderBy("index")))
            .persist(StorageLevel.MEMORY_AND_DISK());
    Column enough = lit(false);
    for (Map.Entry<Family, Integer> family : wanted.entrySet()) {
      enough =
          enough.or(
              col("rank")
                  .equalTo(family.getKey().ordinal())
                  .and(col("place").leq(family.getValue())));
    }
    Dataset<Row> kept =
        sound
            .filter(col("same").equalTo(1).and(enough))
            .withColumn(
                "equal",
                row_number().over(Window.partitionBy("problem_id").orderBy("rank", "index")))
            .filter("equal = 1")
            .select("family", "index");
    int files = files(kept.count());
    Dataset<Row> problems =
        judged
            .repartition(files, col("family"), col("index"))
            .join(kept.repartition(files, col("family"), col("index")), Candidates.KEY)
            .select(explode(col("problem")).as("problem"))
            .select("problem.*");
    Column key = concat(col("family"), lit("/"), col("index"));
    Dataset<Row> rejections =
        judged
            .select(col("family"), col("index"), explode(col("rejection")).as("r"))
            .join(first, Candidates.KEY, "left_semi")
            .select("r.*")
            .union(
                rejection(
                    slots.filter(col("same").gt(1)),
                    key,
                    "V7_SAME_GRAPH",
                    "is the graph of a candidate before it",
                    col("graph_hash")))
            .union(
                rejection(
                    sound.filter(col("same").gt(1)),
                    key,
                    "V7_DUPLICATE",
                    "behaves like a problem before it",
                    col("fingerprint")))
            .union(
                rejection(
                    sound.filter(col("same").equalTo(1).and(not(enough))),
                    key,
                    "NOT_NEEDED",
                    "sound, but its family was complete",
                    lit("")))
            .union(
                proven
                    .join(found, "problem_id")
                    .select(
                        key.as("candidate"),
                        lit(Decontamination.STAGE).as("stage"),
                        col("reason"),
                        col("detail")));
    warehouse.overwrite(PROBLEMS, problems); // first, since it may be refused
    warehouse.overwrite(REJECTIONS, rejections.coalesce(files(slots.count())));
    warehouse.overwrite(SOLUTIONS, solutions(warehouse.read(PROBLEMS), source).coalesce(files));
    slots.unpersist();
    sound.unpersist();
    source.destroy();
    found.unpersist();
    return new Summary(
        counts(warehouse.read(PROBLEMS), "family"),
        counts(warehouse.read(PROBLEMS), "split"),
        counts(warehouse.read(REJECTIONS), "stage"),
        space(composer.counts()));
  }

  /** How many files hold so many rows, such that a task has room for those of one. */
  private static int files(long rows) {
    return (int) (1 + rows / ROWS_PER_FILE);
  }

  private static Map<Family, Integer> wanted(Config config, int atoms, int variants) {
    Map<Family, Integer> wanted = new LinkedHashMap<>();
    wanted.put(Family.ATOM, config.renderingsPerAtom() * atoms);
    wanted.put(Family.ATOM_MODIFY, config.renderingsPerVariant() * variants);
    wanted.put(Family.COMPOSITE_A, config.compositeA());
    wanted.put(Family.COMPOSITE_B, config.compositeB());
    wanted.put(Family.COMPOSITE_C, config.compositeC());
    return wanted;
  }

  private static Dataset<Row> rejection(
      Dataset<Row> from, Column key, String stage, String reason, Column detail) {
    return from.select(
        key.as("candidate"), lit(stage).as("stage"), lit(reason).as("reason"), detail.as("detail"));
  }

  /** The wiring of each problem as a complete program, to be judged like anybody's. */
  private static Dataset<Row> solutions(
      Dataset<Row> problems, Broadcast<Candidates.Source> source) {
    return Warehouse.map(
        problems,
        PROBLEMS.codec(),
        SOLUTIONS.codec(),
        partition -> {
          AtomLibrary library = new AtomLibrary(source.value().atoms());
          return () ->
              StreamSupport.stream(partition.spliterator(), false)
                  .map(problem -> solution(problem, library))
                  .iterator();
        });
  }

  private static Solution solution(Problem problem, AtomLibrary library) {
    return new Solution(
        problem.problemId() + "/reference_call",
        problem.problemId(),
        "reference_call",
        library.program(problem.referenceCall()));
  }

  /** How many graphs of any shape and depth that has a weight each half and all atoms have. */
  private static Map<String, String> space(Map<String, String> counts) {
    Map<String, BigInteger> space = new TreeMap<>();
    counts.forEach(
        (name, graphs) -> space.merge(name.split(" ")[0], new BigInteger(graphs), BigInteger::add));
    Map<String, String> shown = new TreeMap<>();
    space.forEach((half, graphs) -> shown.put(half, graphs.toString()));
    return shown;
  }

  public static Map<String, Long> counts(Dataset<Row> rows, String column) {
    Map<String, Long> counts = new TreeMap<>();
    rows.groupBy(column)
        .count()
        .collectAsList()
        .forEach(r -> counts.put(r.getString(0), r.getLong(1)));
    return counts;
  }
}
