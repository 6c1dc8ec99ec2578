package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.atoms.Domain;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Prints candidates rendered per core-second, beside a plain Python loop of the same work; and what
 * the gate makes of candidates whose domains fit, beside candidates of which the types alone fit.
 * Arguments: candidates to render (1000000), candidates to judge (1000).
 */
public final class SynthesisBenchmark {
  private static final long SEED = 17;
  private static final int BATCH = 256;
  private static final int WARM_UP = 4 * BATCH;
  private static final double TICKS_PER_SECOND = 100;
  private static final int PYTHON_CANDIDATES = 20_000;
  private static final int REPORTS = 5;
  private static final List<Family> FAMILIES =
      List.of(Family.COMPOSITE_A, Family.COMPOSITE_B, Family.COMPOSITE_C);
  private static final Grammar GRAMMAR =
      new Grammar(
          new Grammar.Shapes(4, 2, 2, 2, 2, 1, 2),
          new Grammar.Depths(
              List.of(0.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0),
              List.of(0.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5),
              List.of(0.0, 1.0, 1.0)));

  private SynthesisBenchmark() {}

  public static void main(String[] args) throws Exception {
    long rendered = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    int judged = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
    List<Atom> atoms =
        AtomCatalog.load("").atoms().stream()
            .filter(a -> a.variant() == Atom.Variant.BASE)
            .toList();
    double chains =
        render("chains of 2 and 3", atoms, Grammar.CHAINS, FAMILIES.subList(0, 2), rendered);
    render("all shapes", atoms, GRAMMAR, FAMILIES, rendered);
    if (rendered > 0) {
      python(atoms, chains);
    }
    if (judged > 0) {
      judge("chains, domains fit", atoms, Grammar.CHAINS, judged);
      judge("all shapes, domains fit", atoms, GRAMMAR, judged);
      List<Atom> typed = atoms.stream().map(SynthesisBenchmark::typed).toList();
      judge("chains, types fit", typed, Grammar.CHAINS, judged);
      judge("all shapes, types fit", typed, GRAMMAR, judged);
    }
  }

  private static double render(
      String what, List<Atom> atoms, Grammar grammar, List<Family> families, long count) {
    long built = cpuNanos();
    Composer composer = new Composer(atoms, Halves.of(atoms, SEED, 0), SEED, grammar);
    families.forEach(f -> composer.candidate(f, 0));
    System.out.printf(
        Locale.ROOT, "%s: spaces counted in %.2f s%n", what, (cpuNanos() - built) / 1e9);
    Renderer renderer = new Renderer();
    Prompts english = new Prompts(Wording.ENGLISH);
    Prompts chinese = new Prompts(Wording.CHINESE);
    long characters = 0;
    long started = cpuNanos();
    for (long i = 0; i < count; i++) {
      Candidate c = composer.candidate(families.get((int) (i % families.size())), i);
      characters += renderer.inline(c.graph()).length();
      characters += renderer.call(c.graph()).length();
      characters += english.write(c.graph(), c.english()).length();
      characters += chinese.write(c.graph(), c.chinese()).length();
      if ((i + 1) % Math.max(1, count / REPORTS) == 0) {
        System.out.printf(
            Locale.ROOT,
            "%s: %d candidates rendered, %.0f per core-second, %d characters each%n",
            what,
            i + 1,
            (i + 1) / ((cpuNanos() - started) / 1e9),
            characters / (i + 1));
      }
    }
    return count / ((cpuNanos() - started) / 1e9);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Runs the Python loop with the same atoms. */
  private static void python(List<Atom> atoms, double ours)
      throws IOException, InterruptedException {
    ObjectNode given = new ObjectMapper().createObjectNode();
    templates(given.putArray("english"), Wording.ENGLISH);
    templates(given.putArray("chinese"), Wording.CHINESE);
    ArrayNode list = given.putArray("atoms");
    for (Atom atom : atoms) {
      ObjectNode node = list.addObject();
      node.put("name", atom.name()).put("code", atom.code());
      node.put("prompt_en", atom.promptEn()).put("prompt_zh", atom.promptZh());
      node.put("returns", atom.returns().type().toString());
      ArrayNode params = node.putArray("params");
      atom.params().forEach(p -> params.addArray().add(p.name()).add(p.domain().type().toString()));
    }
    String script;
    try (InputStream in = SynthesisBenchmark.class.getResourceAsStream("plain_generator.py")) {
      script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Process process =
        new ProcessBuilder("python3", "-c", script, Integer.toString(PYTHON_CANDIDATES))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream out = process.getOutputStream()) {
      out.write(given.toString().getBytes(StandardCharsets.UTF_8));
    }
    for (String line :
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      int tab = line.indexOf('\t');
      double theirs = Double.parseDouble(line.substring(tab + 1));
      System.out.printf(
          Locale.ROOT,
          "plain Python loop, %s: %.0f per core-second, %.1f times slower%n",
          line.substring(0, tab),
          theirs,
          ours / theirs);
    }
    process.waitFor();
  }

  private static void templates(ArrayNode to, Wording wording) {
    for (int i = 0; i < wording.templates(); i++) {
      Wording.Template t = wording.template(i);
      to.addArray()
          .add(t.open())
          .add(t.first())
          .add(t.next())
          .add(t.last())
          .add(t.close())
          .add(t.result());
    }
  }

  /** The atom with no domain but its types; its own inputs stay as they are. */
  private static Atom typed(Atom atom) {
    return new Atom(
        atom.atomId(),
        atom.topic(),
        atom.name(),
        atom.variant(),
        atom.params().stream()
            .map(p -> new Atom.Parameter(p.name(), Domain.of(p.domain().type()), p.generate()))
            .toList(),
        Domain.of(atom.returns().type()),
        atom.promptEn(),
        atom.promptZh(),
        atom.code(),
        atom.examples());
  }

  private static void judge(String what, List<Atom> atoms, Grammar grammar, int count) {
    Composer composer = new Composer(atoms, Halves.of(atoms, SEED, 0), SEED, grammar);
    Gate gate = new Gate(sandbox(0), sandbox(1), new AtomLibrary(atoms), ids -> "train", 4);
    for (int i = 0; i < WARM_UP; i += BATCH) {
      gate.judge(candidates(composer, count + i, BATCH));
    }
    Map<String, Integer> stages = new TreeMap<>();
    List<Double> scores = new ArrayList<>();
    double java = javaSeconds();
    double python = pythonSeconds();
    for (int i = 0; i < count; i += BATCH) {
      for (Gate.Result result : gate.judge(candidates(composer, i, Math.min(count - i, BATCH)))) {
        result.problem().forEach(p -> scores.add(p.mutationScore()));
        stages.merge(
            result.rejection().isEmpty() ? "kept" : result.rejection().get(0).stage(),
            1,
            Integer::sum);
      }
    }
    java = javaSeconds() - java;
    python = pythonSeconds() - python;
    int failed =
        stages.entrySet().stream()
            .filter(e -> e.getKey().startsWith("V1") || e.getKey().startsWith("V2"))
            .mapToInt(Map.Entry::getValue)
            .sum();
    scores.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%s: %d judged, %.2f CPU-ms each (Java %.2f, Python %.2f); %.1f %% run on all inputs;"
            + " mutation_score: median %.3f, mean %.3f, 5th percentile %.3f; %s%n",
        what,
        count,
        1000 * (java + python) / count,
        1000 * java / count,
        1000 * python / count,
        100.0 * (count - failed) / count,
        scores.get(scores.size() / 2),
        scores.stream().mapToDouble(s -> s).average().orElse(0),
        scores.get(scores.size() / 20),
        stages);
  }

  private static List<Candidate> candidates(Composer composer, int first, int count) {
    return IntStream.range(first, first + count)
        .mapToObj(i -> composer.candidate(FAMILIES.get(i % FAMILIES.size()), i))
        .toList();
  }

  /** Processor seconds of this process so far, all threads. */
  private static double javaSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /** Processor seconds so far of the workers and of the programs that they ran. */
  private static double pythonSeconds() {
    return ProcessHandle.current().children().mapToLong(SynthesisBenchmark::ticks).sum()
        / TICKS_PER_SECOND;
  }

  /** User and system time of a process and of those that it waited for, proc(5). */
  private static long ticks(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Stream.of(fields).skip(11).limit(4).mapToLong(Long::parseLong).sum();
    } catch (IOException e) {
      return 0; // it ended
    }
  }

  private static Sandbox sandbox(int hashSeed) {
    return Sandbox.shared(
        new SandboxSettings(
            "python3", 0, IsolationLevel.PROCESS, hashSeed, new Limits(2.0, 256, 64)));
  }
}
