package io.atomforge.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.atomforge.synthesis.Problem;

/** Which prompt the model reads. */
public enum Language {
  EN,
  ZH;

  public String prompt(Problem problem) {
    return this == EN ? problem.promptEn() : problem.promptZh();
  }

  public Language other() {
    return this == EN ? ZH : EN;
  }

  @JsonCreator
  static Language of(String name) {
    for (Language language : values()) {
      if (language.name().equalsIgnoreCase(name)) {
        return language;
      }
    }
    throw new IllegalArgumentException("prompt_language must be en or zh, got " + name);
  }
}
