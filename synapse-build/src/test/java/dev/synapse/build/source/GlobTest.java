package dev.synapse.build.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GlobTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a a",
        "a a/b/c",
        "*.c x.c",
        "*.c .c",
        "src/* src/a",
        "src/* src/a/b",
        "src/** src/a",
        "src/** src/a/b",
        "** a",
        "** a/b/.c",
        "**/x x",
        "**/x a/b/x",
        "a/**/x a/x",
        "a/**/x a/b/c/x",
        "?b ab",
        "?b äb",
        "?b 😀b",
        "*.{c,h} a.h",
        "{src,lib/{a,b}}/* lib/b/x",
        "a{,b} a",
        "a,b a,b",
        "a+(b)[c]$.^ a+(b)[c]$.^",
        "\\d \\d",
      })
  void matches(String glob, String path) {
    assertThat(Glob.parse(glob).orElseThrow().matches(path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a ab",
        "a b/a",
        "*.c a/x.c",
        "*.c x.cc",
        "src/* src",
        "src/** src",
        "**/x ax",
        "**/x a/xb",
        "a/**/x ab/x",
        "? ab/c",
        "? ab",
        "*.{c,h} a.ch",
        "a.c abc",
        "A a",
      })
  void doesNotMatch(String glob, String path) {
    assertThat(Glob.parse(glob).orElseThrow().matches(path)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/a", "a/", "a//b", "..", "../a", "a/./b", "a**", "**a", "{a", "a}", "{**}"})
  void refuses(String text) {
    assertThat(Glob.parse(text)).isEmpty();
  }

  @Test
  void starsMatchLineEndsToo() {
    assertThat(Glob.parse("a*b").orElseThrow().matches("a\nb")).isTrue();
    assertThat(Glob.parse("a").orElseThrow().matches("a\n")).isFalse();
  }
}
