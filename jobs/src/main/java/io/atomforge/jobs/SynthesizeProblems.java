package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import io.atomforge.atoms.Atom;
import io.atomforge.dataset.Split;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Candidate;
import io.atomforge.synthesis.Composer;
import io.atomforge.synthesis.Family;
import io.atomforge.synthesis.Gate;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Rejection;
import io.atomforge.synthesis.Solution;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.Warehouse;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * Draws candidates, proves them in the sandbox, and writes {@code problems}, {@code rejections} and
 * {@code solutions}.
 */
public final class SynthesizeProblems {
  /**
   * See {@code conf/synthesize-problems.yaml}.
   *
   * @param oversample candidates per problem wanted
   * @param minimumDistinctOutputs different results that a chain must give over its inputs
   */
  record Config(
      String warehouse,
      long seed,
      int partitions,
      SandboxConfig sandbox,
      int renderingsPerAtom,
      int renderingsPerVariant,
      int compositeA,
      int compositeB,
      int compositeC,
      double oversample,
      int minimumDistinctOutputs,
      List<String> decontaminate,
      int decontaminateWords)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.atLeast(0, "renderings_per_atom", renderingsPerAtom);
      Checks.atLeast(1, "decontaminate_words", decontaminateWords);
      Checks.atLeast(0, "renderings_per_variant", renderingsPerVariant);
      Checks.atLeast(0, "composite_a", compositeA);
      Checks.atLeast(0, "composite_b", compositeB);
      Checks.atLeast(0, "composite_c", compositeC);
      Checks.atLeast(2, "minimum_distinct_outputs", minimumDistinctOutputs);
      Checks.check(oversample >= 1 && oversample <= 100, "oversample", oversample, "1 to 100");
    }
  }

  record Summary(
      Map<String, Long> problems,
      Map<String, Long> splits,
      Map<String, Long> rejections,
      Map<String, String> space) {}

  /** One candidate's place in the order of all; what came of it is added by the gate. */
  record Slot(String family, int rank, long index) {}

  /** A judged candidate: one of the two lists has one element. */
  record Judged(int rank, long index, List<Problem> problem, List<Rejection> rejection) {}

  static final Job<Config> JOB =
      new Job<>(
          "SynthesizeProblems",
          "chain atoms into problems, proven by execution, split apart",
          Config.class,
          List.of(ATOMS),
          List.of(PROBLEMS, REJECTIONS, SOLUTIONS),
          SynthesizeProblems::run);

  private static final int BATCH = 64;
  private static final RecordCodec<Slot> SLOT = RecordCodec.of(Slot.class);
  private static final RecordCodec<Judged> JUDGED = RecordCodec.of(Judged.class);

  private SynthesizeProblems() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    config.sandbox().open(0); // refuses before anything is read
    Decontamination decontamination =
        Decontamination.open(
            warehouse, config.sandbox(), config.decontaminate(), config.decontaminateWords());
    List<AtomRow> atoms = Warehouse.collect(ATOMS, warehouse.read(ATOMS));
    PackedAtoms packed = pack(atoms);
    Map<Family, Integer> wanted = wanted(config, atoms);
    Dataset<Row> judged =
        judge(warehouse, config, packed, wanted).persist(StorageLevel.MEMORY_AND_DISK());
    Progress.whileRunning(
        warehouse.spark(), "synthesize", config.partitions(), () -> judged.count());
    Column first =
        row_number().over(Window.partitionBy("problem.fingerprint").orderBy("rank", "index"));
    Dataset<Row> proven =
        judged
            .filter(size(col("problem")).gt(0))
            .select(col("rank"), col("index"), explode(col("problem")).as("problem"))
            .withColumn("problem_id", col("problem.problem_id"));
    Dataset<Row> found =
        decontamination
            .findings(proven.select("problem.*"))
            .dropDuplicates("problem_id")
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> sound =
        proven
            .join(
                broadcast(found),
                proven.col("problem_id").equalTo(found.col("problem_id")),
                "left_anti")
            // An atom has several renderings that behave alike; they are all of the training split.
            .withColumn("same", when(col("rank").isin(alone()), lit(1)).otherwise(first))
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
            .select("problem.*")
            .dropDuplicates("problem_id");
    Column key = concat(col("problem.family"), lit("/"), col("index"));
    Dataset<Row> rejections =
        judged
            .select(explode(col("rejection")).as("r"))
            .select("r.*")
            .union(
                rejection(
                    sound.filter(col("same").gt(1)),
                    key,
                    "V7_DUPLICATE",
                    "behaves like a problem before it",
                    col("problem.fingerprint")))
            .union(
                rejection(
                    sound.filter(col("same").equalTo(1).and(not(enough))),
                    key,
                    "NOT_NEEDED",
                    "sound, but its family was complete",
                    lit("")))
            .union(
                proven
                    .join(broadcast(found), "problem_id")
                    .select(
                        key.as("candidate"),
                        lit(Decontamination.STAGE).as("stage"),
                        col("reason"),
                        col("detail")));
    warehouse.overwrite(REJECTIONS, rejections.coalesce(1));
    warehouse.overwrite(SOLUTIONS, solutions(kept, packed).coalesce(1));
    warehouse.overwrite(PROBLEMS, kept.coalesce(1));
    judged.unpersist();
    sound.unpersist();
    found.unpersist();
    List<Atom> bases = bases(atoms);
    return new Summary(
        counts(warehouse.read(PROBLEMS), "family"),
        counts(warehouse.read(PROBLEMS), "split"),
        counts(warehouse.read(REJECTIONS), "stage"),
        new Composer(bases, config.seed()).counts());
  }

  private static List<Atom> bases(List<AtomRow> atoms) {
    return atoms.stream().map(AtomRow::atom).filter(a -> a.variant() == Atom.Variant.BASE).toList();
  }

  private static Map<Family, Integer> wanted(Config config, List<AtomRow> atoms) {
    Map<Family, Integer> wanted = new LinkedHashMap<>();
    wanted.put(Family.ATOM, config.renderingsPerAtom() * bases(atoms).size());
    wanted.put(
        Family.ATOM_MODIFY, config.renderingsPerVariant() * (atoms.size() - bases(atoms).size()));
    wanted.put(Family.COMPOSITE_A, config.compositeA());
    wanted.put(Family.COMPOSITE_B, config.compositeB());
    wanted.put(Family.COMPOSITE_C, config.compositeC());
    return wanted;
  }

  private static Object[] alone() {
    return Arrays.stream(Family.values()).filter(Family::alone).map(Family::ordinal).toArray();
  }

  /** The atoms as a task unpacks them: rows travel to executors, records do not. */
  private interface PackedAtoms extends Serializable {
    List<Atom> list();
  }

  private static PackedAtoms pack(List<AtomRow> atoms) {
    ArrayList<Row> rows = new ArrayList<>(atoms.stream().map(ATOMS.codec()::toRow).toList());
    RecordCodec<AtomRow> codec = ATOMS.codec();
    return () -> rows.stream().map(codec::fromRow).map(AtomRow::atom).toList();
  }

  private static Dataset<Row> judge(
      Warehouse warehouse, Config config, PackedAtoms atoms, Map<Family, Integer> wanted) {
    Dataset<Row> slots = null;
    for (Map.Entry<Family, Integer> family : wanted.entrySet()) {
      long candidates =
          family.getKey().alone()
              ? family.getValue()
              : (long) Math.ceil(family.getValue() * config.oversample());
      Dataset<Row> range =
          warehouse
              .spark()
              .range(candidates)
              .select(
                  lit(family.getKey().label()).as("family"),
                  lit(family.getKey().ordinal()).as("rank"),
                  col("id").as("index"));
      slots = slots == null ? range : slots.union(range);
    }
    long seed = config.seed();
    SandboxConfig sandbox = config.sandbox();
    int distinct = config.minimumDistinctOutputs();
    return Warehouse.map(
        slots.repartition(config.partitions(), col("rank"), col("index")),
        SLOT,
        JUDGED,
        partition -> {
          List<Atom> all = atoms.list();
          Composer composer = new Composer(all, seed);
          Gate gate =
              new Gate(
                  sandbox.open(0),
                  sandbox.open(1),
                  new AtomLibrary(all),
                  ids -> Split.of(seed, ids).label(),
                  distinct);
          List<Judged> out = new ArrayList<>();
          List<Slot> batch = new ArrayList<>();
          for (Slot slot : partition) {
            batch.add(slot);
            if (batch.size() == BATCH) {
              judge(batch, composer, gate, out);
            }
          }
          judge(batch, composer, gate, out);
          return out;
        });
  }

  private static void judge(List<Slot> batch, Composer composer, Gate gate, List<Judged> out) {
    List<Candidate> candidates = new ArrayList<>();
    for (Slot slot : batch) {
      candidates.add(composer.candidate(Family.values()[slot.rank()], slot.index()));
    }
    List<Gate.Result> results = gate.judge(candidates);
    for (int i = 0; i < batch.size(); i++) {
      out.add(
          new Judged(
              batch.get(i).rank(),
              batch.get(i).index(),
              results.get(i).problem(),
              results.get(i).rejection()));
    }
    batch.clear();
  }

  private static Dataset<Row> rejection(
      Dataset<Row> from, Column key, String stage, String reason, Column detail) {
    return from.select(
        key.as("candidate"), lit(stage).as("stage"), lit(reason).as("reason"), detail.as("detail"));
  }

  /** The wiring of each problem as a complete program, to be judged like anybody's. */
  private static Dataset<Row> solutions(Dataset<Row> problems, PackedAtoms atoms) {
    return Warehouse.map(
        problems,
        PROBLEMS.codec(),
        SOLUTIONS.codec(),
        partition -> {
          AtomLibrary library = new AtomLibrary(atoms.list());
          List<Solution> out = new ArrayList<>();
          for (Problem problem : partition) {
            out.add(
                new Solution(
                    problem.problemId() + "/reference_call",
                    problem.problemId(),
                    "reference_call",
                    library.program(problem.referenceCall())));
          }
          return out;
        });
  }

  static Map<String, Long> counts(Dataset<Row> rows, String column) {
    Map<String, Long> counts = new TreeMap<>();
    rows.groupBy(column)
        .count()
        .collectAsList()
        .forEach(r -> counts.put(r.getString(0), r.getLong(1)));
    return counts;
  }
}
