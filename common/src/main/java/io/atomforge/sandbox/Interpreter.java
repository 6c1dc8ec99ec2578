package io.atomforge.sandbox;

import io.atomforge.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Python interpreter that needs no environment variable to start: the real file behind the name,
 * which may be a wrapper that looks around in the environment.
 */
record Interpreter(String path) {
  private static final String ASK =
      "import os, sys; assert sys.version_info >= (3, 9), 'Python 3.9 or later is needed, this is '"
          + " + sys.version; print(os.path.realpath(sys.executable))";

  /**
   * @throws ConfigException if there is no such interpreter, or it is older than 3.9
   */
  static Interpreter find(String python) {
    try {
      Process process =
          new ProcessBuilder(List.of(python, "-I", "-S", "-c", ASK))
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        String reason = said.isEmpty() ? "it said nothing" : said.replaceAll("\\s*\\R\\s*", "; ");
        throw new ConfigException("sandbox.python=" + python + " does not run: " + reason);
      }
      if (!said.startsWith("/")) {
        throw new ConfigException(
            "sandbox.python=" + python + " is no Python; name Python 3.9 or later");
      }
      return new Interpreter(said);
    } catch (IOException e) {
      throw new ConfigException(
          "sandbox.python=" + python + " cannot be started; install Python 3.9 or later");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while starting " + python, e);
    }
  }
}
