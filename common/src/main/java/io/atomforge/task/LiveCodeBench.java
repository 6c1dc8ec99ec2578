package io.atomforge.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.InflaterInputStream;

/**
 * The rows of LiveCodeBench (Jain et al. 2024). Private tests are JSON, or a text of JSON in
 * Python's pickle format, deflated, in base 64.
 */
final class LiveCodeBench {
  /** What the benchmark's own judge imports before each program. */
  private static final String IMPORTS =
      """
      from string import *
      from re import *
      from datetime import *
      from collections import *
      from heapq import *
      from bisect import *
      from copy import *
      from math import *
      from random import *
      from statistics import *
      from itertools import *
      from functools import *
      from operator import *
      from io import *
      from sys import *
      from json import *
      from builtins import *
      from typing import *
      import string, re, datetime, collections, heapq, bisect, copy, math, random
      import statistics, itertools, functools, operator, io, sys, json
      sys.setrecursionlimit(50000)
      """;

  private LiveCodeBench() {}

  static TaskLine read(JsonRow row) {
    List<JsonNode> cases = new ArrayList<>(row.list("public_test_cases"));
    if (row.has("private_test_cases")) {
      String text = row.text("private_test_cases");
      JsonNode hidden = JsonRow.read(text.startsWith("[") ? text : unpacked(text));
      JsonRow.require(hidden.isArray(), "key 'private_test_cases' must be a list");
      hidden.forEach(cases::add);
    }
    JsonRow.require(!cases.isEmpty(), "the task has no test cases");
    String starter = row.textOr("starter_code", "").strip();
    boolean functional = cases.get(0).path("testtype").asText().equals("functional");
    return new TaskLine(
        row.name("question_id").orElse(""),
        row.text("question_content").strip()
            + (starter.isEmpty() ? "" : "\n\nBegin with:\n\n" + starter)
            + (functional ? "\n" : "\n\nRead from standard input and write to standard output.\n"),
        IMPORTS,
        false,
        List.of(),
        functional ? calls(row, cases, starter) : runs(cases));
  }

  private static ObjectNode runs(List<JsonNode> cases) {
    return Layout.runs(
        cases.stream().map(c -> c.path("input")).toList(),
        cases.stream().map(c -> c.path("output")).toList());
  }

  private static ObjectNode calls(JsonRow row, List<JsonNode> cases, String starter) {
    String name = row.nested("metadata").path("func_name").asText();
    JsonRow.require(!name.isEmpty(), "key 'metadata' must name the function, as func_name");
    ObjectNode tests = JsonRow.JSON.createObjectNode();
    tests.put("entry_point", starter.contains("class Solution") ? "Solution()." + name : name);
    ArrayNode calls = tests.putArray("calls");
    for (JsonNode one : cases) {
      ObjectNode call = calls.addObject();
      ArrayNode args = call.putArray("args");
      one.path("input")
          .asText()
          .lines()
          .filter(l -> !l.isBlank())
          .map(JsonRow::read)
          .forEach(args::add);
      call.set("expected", JsonRow.read(one.path("output").asText()));
    }
    Layout.looseEquality(tests);
    return tests;
  }

  /** The text in a pickle that holds nothing else. */
  private static String unpacked(String base64) {
    byte[] pickle;
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(Base64.getMimeDecoder().decode(base64)))) {
      pickle = in.readAllBytes();
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "key 'private_test_cases' is neither JSON nor deflated text in base 64");
    }
    ByteBuffer bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.remaining() > 1) {
      int operation = bytes.get() & 0xff;
      switch (operation) {
        case 0x80 -> bytes.get(); // protocol
        case 0x95 -> bytes.getLong(); // frame
        case 0x8c -> {
          return text(bytes, bytes.get() & 0xff);
        }
        case 'X' -> {
          return text(bytes, bytes.getInt());
        }
        case 0x8d -> {
          return text(bytes, Math.toIntExact(bytes.getLong()));
        }
        default -> bytes.position(bytes.limit());
      }
    }
    throw new IllegalArgumentException("key 'private_test_cases' holds no pickled text");
  }

  private static String text(ByteBuffer bytes, int length) {
    JsonRow.require(
        length >= 0 && length <= bytes.remaining(), "key 'private_test_cases' breaks off");
    return new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
  }
}
