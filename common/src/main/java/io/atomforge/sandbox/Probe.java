package io.atomforge.sandbox;

import java.io.Serializable;
import java.util.Objects;

/** One thing that a {@link Program} is asked to do, with one value as its result. */
public sealed interface Probe extends Serializable
    permits Call, Probe.Expression, Probe.Script, Probe.Input {

  /**
   * A Python expression over the program's names, evaluated where the program runs. An instance of
   * a subclass of a builtin type, such as a {@code Counter}, comes back as that type.
   */
  record Expression(String source) implements Probe {
    public Expression {
      Objects.requireNonNull(source, "source");
    }
  }

  /**
   * A test that runs to its end if it is satisfied, in a process of its own beside the program's.
   * It calls the program's functions; values go over by value, other objects by reference. What
   * cannot be done so ends it as {@link Outcome#NOT_RUN} with an error that begins with {@link
   * #BEYOND}, or with {@link #OWN} if the program has no part in it. The last probe of its program;
   * its value is None.
   *
   * @param source Python statements
   * @param entryPoint a name that means the program's even if it is that of a builtin; may be empty
   * @param trust {@link Trust#SHARED} to run it in the program's process instead
   */
  record Script(String source, String entryPoint, Trust trust) implements Probe {
    static final String BEYOND = "needs the program's process: ";
    static final String OWN = BEYOND + "the test's own: ";

    public Script {
      Objects.requireNonNull(source, "source");
      Objects.requireNonNull(entryPoint, "entryPoint");
      Objects.requireNonNull(trust, "trust");
    }

    Script shared() {
      return new Script(source, entryPoint, Trust.SHARED);
    }
  }

  /**
   * A run of the program as {@code __main__} with a standard input. The only probe of its program;
   * its value is what the program printed, as a str.
   */
  record Input(String stdin) implements Probe {
    public Input {
      Objects.requireNonNull(stdin, "stdin");
    }
  }
}
