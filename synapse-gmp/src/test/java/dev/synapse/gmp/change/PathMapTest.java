package dev.synapse.gmp.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Reports name files from elsewhere.
final class PathMapTest {
  private static final PathMap MAP =
      new PathMap(
          List.of(
              "core/src/main/java/a/b/C.java",
              "web/src/main/java/a/b/C.java",
              "web/src/main/java/a/b/D.java",
              "D.java"));

  @Test
  void aFileIsFoundByItsEndOrByThatOfItsName() {
    assertThat(MAP.find("a/b/D.java")).contains("web/src/main/java/a/b/D.java");
    assertThat(MAP.find("/home/ci/x/web/src/main/java/a/b/D.java"))
        .contains("web/src/main/java/a/b/D.java");
    assertThat(MAP.find("C:\\ci\\web\\src\\main\\java\\a\\b\\C.java"))
        .contains("web/src/main/java/a/b/C.java");
    assertThat(MAP.find("D.java")).contains("D.java");
  }

  @Test
  void whatCannotBeToldIsNotFound() {
    assertThat(MAP.find("a/b/C.java")).isEmpty();
    assertThat(MAP.find("b/X.java")).isEmpty();
    assertThat(MAP.find("xa/b/C.java")).isEmpty();
  }

  @Test
  void theModuleDecidesAmongSeveral() {
    assertThat(MAP.find("a/b/C.java", "core")).contains("core/src/main/java/a/b/C.java");
    assertThat(MAP.find("a/b/C.java", "web")).contains("web/src/main/java/a/b/C.java");
    assertThat(MAP.find("a/b/C.java", "none")).isEmpty();
  }
}
