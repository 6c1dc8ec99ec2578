package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import io.atomforge.atoms.Atom;
import io.atomforge.dataset.Split;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Candidate;
import io.atomforge.synthesis.Composer;
import io.atomforge.synthesis.Family;
import io.atomforge.synthesis.Gate;
import io.atomforge.synthesis.Grammar;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Rejection;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.Warehouse;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** The two steps of {@link SynthesizeProblems} that run on executors: drawing and proving. */
final class Candidates {
  /** One candidate's place in the order of all, and the hash of its graph once that is drawn. */
  record Slot(String family, int rank, long index, String graphHash) {}

  /** A judged candidate: one of the two lists has one element. */
  record Judged(int rank, long index, List<Problem> problem, List<Rejection> rejection) {}

  private static final int BATCH = 64;
  private static final RecordCodec<Slot> SLOT = RecordCodec.of(Slot.class);
  private static final RecordCodec<Judged> JUDGED = RecordCodec.of(Judged.class);

  private Candidates() {}

  /**
   * The atoms and the composer of a run, made once in each process: rows travel to executors,
   * records do not.
   */
  static final class Source implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ArrayList<Row> rows;
    private final long seed;
    private final Grammar grammar;
    private transient List<Atom> atoms;
    private transient Composer composer;

    Source(List<AtomRow> atoms, long seed, Grammar grammar) {
      this.rows = new ArrayList<>(atoms.stream().map(ATOMS.codec()::toRow).toList());
      this.seed = seed;
      this.grammar = grammar;
    }

    /** All atoms, variants included. */
    synchronized List<Atom> atoms() {
      if (atoms == null) {
        atoms = rows.stream().map(ATOMS.codec()::fromRow).map(AtomRow::atom).toList();
      }
      return atoms;
    }

    /** The number of atoms that are no variant. */
    int bases() {
      return (int) atoms().stream().filter(a -> a.variant() == Atom.Variant.BASE).count();
    }

    synchronized Composer composer() {
      if (composer == null) {
        composer = new Composer(atoms(), seed, grammar);
      }
      return composer;
    }
  }

  /**
   * Which of those with the same value a candidate is, from 1: the first one is kept. An atom has
   * several renderings that are alike; they are all of the training split.
   */
  static Column among(String column) {
    Object[] alone =
        Stream.of(Family.values()).filter(Family::alone).map(Family::ordinal).toArray();
    return when(col("rank").isin(alone), lit(1))
        .otherwise(row_number().over(Window.partitionBy(column).orderBy("rank", "index")));
  }

  /** All candidates, with {@code same} over the hashes of their graphs. */
  static Dataset<Row> slots(
      Warehouse warehouse,
      SynthesizeProblems.Config config,
      Broadcast<Source> source,
      Map<Family, Integer> wanted) {
    Dataset<Row> slots = null;
    for (Map.Entry<Family, Integer> family : wanted.entrySet()) {
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
                  lit("").as("graph_hash"));
      slots = slots == null ? range : slots.union(range);
    }
    return Warehouse.map(
            slots.coalesce(config.partitions()),
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
    return new Slot(s.family(), s.rank(), s.index(), candidate.graph().hash());
  }

  /**
   * Proves candidates in the sandbox.
   *
   * @return rows of {@link Judged}
   */
  static Dataset<Row> judge(
      Dataset<Row> slots, SynthesizeProblems.Config config, Broadcast<Source> source) {
    long seed = config.seed();
    SandboxConfig sandbox = config.sandbox();
    int distinct = config.minimumDistinctOutputs();
    return Warehouse.map(
        slots.repartition(config.partitions(), col("rank"), col("index")),
        SLOT,
        JUDGED,
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
                  .flatMap(batch -> judge(batch, composer, gate).stream())
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

  private static List<Judged> judge(List<Slot> batch, Composer composer, Gate gate) {
    List<Candidate> candidates = new ArrayList<>();
    for (Slot slot : batch) {
      candidates.add(composer.candidate(Family.values()[slot.rank()], slot.index()));
    }
    List<Gate.Result> results = gate.judge(candidates);
    List<Judged> judged = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Gate.Result result = results.get(i);
      judged.add(
          new Judged(
              batch.get(i).rank(), batch.get(i).index(), result.problem(), result.rejection()));
    }
    return judged;
  }
}
