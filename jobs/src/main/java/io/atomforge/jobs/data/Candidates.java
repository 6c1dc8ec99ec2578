package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CANDIDATES;
import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.atomforge.config.Basis;
import io.atomforge.dataset.Split;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Candidate;
import io.atomforge.synthesis.Composer;
import io.atomforge.synthesis.Family;
import io.atomforge.synthesis.Gate;
import io.atomforge.synthesis.Grammar;
import io.atomforge.tables.CandidateRow;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * The two steps of synthesis that run on executors: drawing and proving. What is proven is kept in
 * table {@code candidates}, a slice at a time.
 */
public final class Candidates {
  /**
   * @param oversample candidates per problem wanted
   * @param sliceSize candidates judged between two commits
   * @param minimumDistinctOutputs different results that a graph must give over its inputs
   */
  public record Settings(
      long seed,
      int partitions,
      SandboxConfig sandbox,
      double oversample,
      int sliceSize,
      int minimumDistinctOutputs,
      Grammar grammar) {}

  /**
   * One candidate's place in the order of all, and the hash of its graph once that is drawn.
   *
   * @param slice of candidates that are judged together
   */
  record Slot(String family, int rank, long index, long slice, String graphHash) {}

  /** The columns that say which candidate of a basis is meant. */
  static final String[] KEY = {"family", "index"};

  private static final int BATCH = 256;
  private static final RecordCodec<Slot> SLOT = RecordCodec.of(Slot.class);

  private Candidates() {}

  /**
   * Which of those with the same value a candidate is, from 1: the first one is kept. An atom has
   * several renderings that are alike; they are all of the training split.
   */
  public static Column among(String column) {
    Object[] alone =
        Stream.of(Family.values()).filter(Family::alone).map(Family::ordinal).toArray();
    return when(col("rank").isin(alone), lit(1))
        .otherwise(row_number().over(Window.partitionBy(column).orderBy("rank", "index")));
  }

  /** All candidates, with {@code same} over the hashes of their graphs. */
  public static Dataset<Row> slots(
      Warehouse warehouse,
      Settings config,
      Broadcast<CandidateSource> source,
      WantedProblems wanted) {
    List<Dataset<Row>> slots = new ArrayList<>();
    long before = 0;
    for (Map.Entry<Family, Integer> family : wanted.counts().entrySet()) {
      long candidates =
          family.getKey().alone()
              ? family.getValue()
              : (long) Math.ceil(family.getValue() * config.oversample());
      Dataset<Row> range =
          warehouse
              .spark()
              .range(0, candidates, 1, config.partitions())
              .select(
                  lit(family.getKey().label()).as("family"),
                  lit(family.getKey().ordinal()).as("rank"),
                  col("id").as("index"),
                  floor(col("id").plus(before).divide(config.sliceSize())).as("slice"),
                  lit("").as("graph_hash"));
      before += candidates;
      slots.add(range);
    }
    return Rows.map(
            slots.stream().reduce(Dataset::union).orElseThrow().coalesce(config.partitions()),
            SLOT,
            SLOT,
            partition -> {
              Composer composer = source.value().composer();
              return () ->
                  StreamSupport.stream(partition.spliterator(), false)
                      .map(s -> drawn(composer, s))
                      .iterator();
            })
        .withColumn("same", among("graph_hash"));
  }

  private static Slot drawn(Composer composer, Slot s) {
    Candidate candidate = composer.candidate(Family.values()[s.rank()], s.index());
    return new Slot(s.family(), s.rank(), s.index(), s.slice(), candidate.graph().hash());
  }

  private static final Set<String> DECIDING =
      Set.of("seed", "grammar", "minimum_distinct_outputs", "sandbox");

  /** All that decides what becomes of the candidate of a family and index. */
  public static Basis basis(Warehouse warehouse, Settings config) {
    Input atoms = Input.Rows.of(ATOMS);
    return Basis.of(config)
        .only(DECIDING::contains)
        .with(atoms.name(), atoms.fingerprint(warehouse))
        .by(Gate.VERSION);
  }

  /** Says what became different since the table's candidates were judged, if none is of use. */
  private static void announce(Dataset<Row> candidates, Basis basis) {
    List<String> known =
        candidates.select("basis").distinct().as(Encoders.STRING()).collectAsList();
    if (known.isEmpty() || known.contains(basis.toString())) {
      return;
    }
    String changed =
        known.stream()
            .flatMap(text -> Basis.parse(text).flatMap(basis::difference).stream())
            .min(Comparator.comparingInt(String::length))
            .orElse("an earlier version of the program judged those of the table");
    System.err.println("all candidates are judged anew: " + changed);
  }

  /**
   * Proves the first of each graph in {@code slots} that the table does not have, and adds them
   * slice by slice.
   *
   * @return all rows of the table that have this basis
   */
  public static Dataset<Row> judge(
      Warehouse warehouse,
      Dataset<Row> slots,
      Settings config,
      Broadcast<CandidateSource> source,
      Basis basis) {
    Dataset<Row> first = slots.filter("same = 1").drop("same");
    Dataset<Row> missing = first;
    if (warehouse.exists(CANDIDATES)) {
      announce(warehouse.read(CANDIDATES), basis);
      Dataset<Row> known =
          warehouse.read(CANDIDATES).filter(col("basis").equalTo(basis.toString()));
      missing = first.join(known, KEY, "left_anti");
    }
    missing = missing.persist(StorageLevel.MEMORY_AND_DISK());
    // A slice is known by its candidates, so that it is not added twice.
    List<Row> slices =
        missing
            .groupBy("slice")
            .agg(count("*").as("size"), bit_xor(xxhash64(col("family"), col("index"))).as("hash"))
            .orderBy("slice")
            .collectAsList();
    long all = slices.stream().mapToLong(s -> s.getLong(1)).sum();
    Progress progress = Progress.ofSteps("synthesize", 0, all);
    long done = 0;
    for (Row slice : slices) {
      Dataset<Row> rows = missing.filter(col("slice").equalTo(slice.getLong(0)));
      warehouse.append(
          CANDIDATES,
          judged(rows, config, source, basis.toString()),
          "%s/%d/%016x".formatted(basis.hash(), slice.getLong(1), slice.getLong(2)));
      done += slice.getLong(1);
      progress.report(done, "");
    }
    missing.unpersist();
    return warehouse.read(CANDIDATES).filter(col("basis").equalTo(basis.toString()));
  }

  private static Dataset<Row> judged(
      Dataset<Row> slots, Settings config, Broadcast<CandidateSource> source, String basis) {
    SandboxConfig sandbox = config.sandbox();
    int distinct = config.minimumDistinctOutputs();
    return Rows.map(
        slots.repartition(config.partitions(), col("rank"), col("index")),
        SLOT,
        CANDIDATES.codec(),
        partition -> {
          Composer composer = source.value().composer();
          Gate gate =
              new Gate(
                  sandbox.open(0),
                  sandbox.open(1),
                  new AtomLibrary(source.value().atoms()),
                  ids -> Split.of(ids).label(),
                  distinct);
          Iterator<Slot> in = partition.iterator();
          return () ->
              Stream.generate(() -> batch(in))
                  .takeWhile(batch -> !batch.isEmpty())
                  .flatMap(batch -> judge(batch, composer, gate, basis).stream())
                  .iterator();
        });
  }

  private static List<Slot> batch(Iterator<Slot> in) {
    List<Slot> batch = new ArrayList<>();
    while (batch.size() < BATCH && in.hasNext()) {
      batch.add(in.next());
    }
    return batch;
  }

  private static List<CandidateRow> judge(
      List<Slot> batch, Composer composer, Gate gate, String basis) {
    List<Candidate> candidates = new ArrayList<>();
    for (Slot slot : batch) {
      candidates.add(composer.candidate(Family.values()[slot.rank()], slot.index()));
    }
    List<Gate.Result> results = gate.judge(candidates);
    List<CandidateRow> judged = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Slot slot = batch.get(i);
      Gate.Result result = results.get(i);
      judged.add(
          new CandidateRow(
              basis,
              slot.family(),
              slot.index(),
              slot.graphHash(),
              result.problem(),
              result.rejection()));
    }
    return judged;
  }
}
