package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.ATOMS;

import io.atomforge.atoms.Atom;
import io.atomforge.synthesis.Composer;
import io.atomforge.synthesis.Grammar;
import io.atomforge.synthesis.Halves;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Warehouse;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The atoms and the composer of a run, made once in each process: rows travel to executors, records
 * do not.
 */
public final class CandidateSource implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ArrayList<Row> rows;
  private final long seed;
  private final Grammar grammar;
  private transient @Nullable List<Atom> atoms;
  private transient @Nullable Composer composer;

  private CandidateSource(List<AtomRow> atoms, long seed, Grammar grammar) {
    this.rows = new ArrayList<>(atoms.stream().map(ATOMS.codec()::toRow).toList());
    this.seed = seed;
    this.grammar = grammar;
  }

  /** All atoms, variants included. */
  public synchronized List<Atom> atoms() {
    if (atoms == null) {
      atoms = rows.stream().map(ATOMS.codec()::fromRow).map(AtomRow::atom).toList();
    }
    return atoms;
  }

  /** The number of atoms that are no variant. */
  public int bases() {
    return (int) atoms().stream().filter(a -> a.variant() == Atom.Variant.BASE).count();
  }

  public synchronized Composer composer() {
    if (composer == null) {
      Halves halves = AtomRow.halves(rows.stream().map(ATOMS.codec()::fromRow).toList(), seed);
      composer = new Composer(atoms(), halves, seed, grammar);
    }
    return composer;
  }

  /** Sends a run's source to the executors. */
  public static Broadcast<CandidateSource> send(
      Warehouse warehouse, Candidates.Settings settings, List<AtomRow> atoms) {
    return JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext())
        .broadcast(new CandidateSource(atoms, settings.seed(), settings.grammar()));
  }
}
