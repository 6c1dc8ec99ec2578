package io.atomforge.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import io.atomforge.random.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GraphSpaceTest {
  private static final int[][] PIPES = {{200, 200}, {0, 10}, {0, 20}, {15, 30}, {100, 100}};
  private static final int[][] RETURNS = {{0, 10}, {0, 20}, {15, 20}, {100, 100}, {200, 200}};

  /** Five atoms whose domains make the compatibility rows 01100, 00100, 00110, 00001, 10000. */
  private static final List<Atom> GOLDEN =
      IntStream.range(0, 5)
          .mapToObj(
              i -> {
                Atom any = ToyAtoms.atom("a" + i, "int", "return n", "n: int");
                Domain pipe = range(PIPES[i]);
                return new Atom(
                    any.atomId(),
                    any.topic(),
                    any.name(),
                    any.variant(),
                    List.of(new Atom.Parameter("n", pipe, pipe)),
                    range(RETURNS[i]),
                    any.promptEn(),
                    any.promptZh(),
                    any.code(),
                    any.examples());
              })
          .toList();

  private static Domain range(int[] bounds) {
    Domain any = Domain.of(Type.parse("int"));
    return new Domain(
        any.type(), bounds[0], bounds[1], 0, Integer.MAX_VALUE, "", "", false, false, List.of());
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 6", "3, 7", "4, 8"})
  void chainsWithoutImmediateRepetitionAreCountedExactly(int depth, int chains) {
    assertThat(new GraphSpace(GOLDEN).of(Shape.CHAIN, depth).size()).isEqualTo(chains);
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void everyGraphOfAShapeIsThereOnce(Shape shape) {
    GraphSpace space = new GraphSpace(ToyAtoms.FIVE);
    int most = 0;
    for (int depth = 1; depth <= 4; depth++) {
      List<String> members =
          space.of(shape, depth).members().stream().map(BruteForce::hash).toList();
      assertThat(members).doesNotHaveDuplicates();
      assertThat(new HashSet<>(members))
          .as("%s of %d", shape, depth)
          .isEqualTo(BruteForce.graphs(ToyAtoms.FIVE, shape, depth));
      most = Math.max(most, members.size());
    }
    assertThat(most).isGreaterThan(10);
  }

  @Test
  void aDrawIsUniformWhereAWalkIsNot() {
    Space<Sketch> space = new GraphSpace(GOLDEN).of(Shape.CHAIN, 4);
    int chains = space.size().intValueExact();
    int draws = 500 * chains;
    Map<String, Integer> drawn = new HashMap<>();
    Map<String, Integer> walked = new HashMap<>();
    for (int i = 0; i < draws; i++) {
      List<Atom> chain = new ArrayList<>();
      for (Sketch s = space.draw(Seeds.random(1, "draw", i)); s != null; s = s.next()) {
        chain.add(s.atom());
      }
      drawn.merge(names(chain), 1, Integer::sum);
      walked.merge(names(walk(4, Seeds.random(1, "walk", i))), 1, Integer::sum);
    }
    assertThat(drawn).hasSize(chains);
    assertThat(walked.keySet()).isEqualTo(drawn.keySet());
    // 99.9 % of the chi-square distribution with 7 degrees of freedom lies below 24.3.
    assertThat(chains).isEqualTo(8);
    assertThat(chiSquare(drawn, 500)).isLessThan(24.3);
    assertThat(chiSquare(walked, 500)).isGreaterThan(300);
  }

  private static String names(List<Atom> chain) {
    return chain.stream().map(Atom::name).toList().toString();
  }

  /** The naive way: any first atom, then any of those that fit. */
  private static List<Atom> walk(int length, SplittableRandom random) {
    List<Atom> chain = new ArrayList<>(List.of(GOLDEN.get(random.nextInt(5))));
    while (chain.size() < length) {
      Atom last = chain.get(chain.size() - 1);
      List<Atom> next = GOLDEN.stream().filter(a -> a != last && last.fits(a)).toList();
      chain.add(next.get(random.nextInt(next.size())));
    }
    return chain;
  }

  private static double chiSquare(Map<String, Integer> seen, double expected) {
    return seen.values().stream()
        .mapToDouble(n -> (n - expected) * (n - expected) / expected)
        .sum();
  }
}
