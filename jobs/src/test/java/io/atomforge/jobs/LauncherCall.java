package io.atomforge.jobs;

import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call of the launcher that a text for people shows.
 *
 * @param where the text
 * @param words what follows {@code deploy/submit.sh}
 */
record LauncherCall(String where, List<String> words) {
  private static final String LAUNCHER = "deploy/submit.sh ";
  private static final Pattern WORD =
      Pattern.compile("(?:\"(?:\\\\.|[^\"\\\\])*\"|'[^']*'|[^\\s\"'])+");

  /** The call in a line of a shell, up to a comment or another file; empty where no job is run. */
  static Optional<LauncherCall> in(String where, String line) {
    int launcher = line.indexOf(LAUNCHER);
    if (launcher < 0 || line.strip().startsWith("#") || line.contains("--print-jars")) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    for (Matcher word = WORD.matcher(line.substring(launcher)); word.find(); ) {
      if (word.group().startsWith("#") || List.of("<", ">", "|", "||").contains(word.group())) {
        break;
      }
      words.add(
          word.group()
              .replaceAll("\"((?:\\\\.|[^\"\\\\])*)\"", "$1")
              .replaceAll("'([^']*)'", "$1"));
    }
    return words.size() < 2
        ? Optional.empty()
        : Optional.of(new LauncherCall(where, List.copyOf(words.subList(1, words.size()))));
  }

  Job<?> job() {
    return Jobs.ALL.stream()
        .filter(j -> j.name().equals(words.get(0)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no job " + words.get(0)));
  }

  /**
   * Binds the settings as the job would, and the stages of a pipeline.
   *
   * @param files names that stand for files elsewhere, such as one that the text makes
   */
  void bind(Map<String, String> files) {
    Job<?> job = job();
    List<String> settings = new ArrayList<>();
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (List.of("--master", "--format", "-f").contains(word)) {
        i++;
      } else if (!List.of("--json", "--dry-run", "--help", "--serve").contains(word)
          && !(job == Query.JOB && word.contains(" "))) {
        settings.add(files.getOrDefault(word, word));
      }
    }
    bind(job, settings);
  }

  private static <C extends Record & JobConfig> void bind(Job<C> job, List<String> words) {
    C config = JobRunner.load(job, words).bind(job.config());
    if (config instanceof Pipeline.Config pipeline) {
      Pipeline.stages(pipeline);
    }
  }

  @Override
  public String toString() {
    return where + ": " + String.join(" ", words);
  }
}
