package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Trees of all that is odd in file systems, the same for the same seed: names that locales sort
/// otherwise, differ in case only, are no UTF-8 or look like parts of an archive; sizes around the
/// borders of paddings, blocks and buffers; links to nowhere; folders far down; empty things.
final class OddTree {
  private static final int DEEPEST = 5;
  private static final int WIDEST = 6;
  private static final int CHAIN = 40;
  private static final int RARELY = 40;
  private static final int LONGEST_NAME = 255;

  private static final List<Integer> BORDERS = List.of(0, 8, 16, 64, 512, 4096, 8192, 65_536);
  private static final int LARGE = 1 << 20;

  private static final List<String> NAMES =
      List.of(
          "a",
          "A",
          "b",
          "B",
          "Z",
          "z",
          "_",
          "-",
          "a-b",
          "a.b",
          "a b",
          "ab",
          "a_",
          "aB",
          "Ab",
          "0",
          "9",
          "10",
          "\u00e4",
          "a\u0308",
          "\u00df",
          "SS",
          "ss",
          "\u0130",
          "i",
          "\uffff",
          "\ufffd",
          "\ue000",
          "\ud800\udc00",
          "\ud83d\ude00",
          ".a",
          "..a",
          "...",
          " ",
          "\n",
          "\t",
          "\u0001",
          "\u001b[31m",
          "*",
          "?",
          "\\",
          "'",
          "\"",
          "-rf",
          "~",
          "a~nix~case~hack~1",
          "(",
          ")",
          "entry",
          "nix-archive-1",
          "contents",
          "\u202eabc",
          "\u200b");

  private static final List<byte[]> NO_TEXT =
      List.of(
          new byte[] {(byte) 0xff},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {'a', (byte) 0xe4},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80});

  private final Random random;
  private final NarVisitor visitor;

  private OddTree(Random random, NarVisitor visitor) {
    this.random = random;
    this.visitor = visitor;
  }

  /// The archive of a tree.
  static byte[] archive(Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OddTree tree = new OddTree(random, new NarWriter(out));
    if (random.nextInt(RARELY) == 0) {
      tree.chain(CHAIN);
    } else {
      tree.node(0);
    }
    return out.toByteArray();
  }

  /// Gives the files below `root` other modes, which archives do not tell from the usual ones.
  static void changeModes(Random random, Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files =
          all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .toList();
    }
    for (Path file : files) {
      boolean executable = Files.getPosixFilePermissions(file).contains(OWNER);
      Set<PosixFilePermission> mode = EnumSet.of(PosixFilePermission.OWNER_READ);
      for (PosixFilePermission each : PosixFilePermission.values()) {
        if (random.nextBoolean()) {
          mode.add(each);
        }
      }
      mode.remove(OWNER);
      if (executable) {
        mode.add(OWNER);
      }
      Files.setPosixFilePermissions(file, mode);
    }
  }

  private static final PosixFilePermission OWNER = PosixFilePermission.OWNER_EXECUTE;

  private void node(int depth) throws IOException {
    switch (depth == 0 ? random.nextInt(9) : random.nextInt(depth < DEEPEST ? 6 : 3)) {
      case 0, 1 -> file();
      case 2 -> visitor.symlink(target());
      default -> folder(depth);
    }
  }

  private void folder(int depth) throws IOException {
    visitor.startDirectory();
    SortedSet<ByteString> names = new TreeSet<>();
    for (int left = random.nextInt(WIDEST); left > 0; left--) {
      names.add(name());
    }
    for (ByteString name : names) {
      visitor.entry(name);
      node(depth + 1);
    }
    visitor.endDirectory();
  }

  private void chain(int left) throws IOException {
    if (left == 0) {
      file();
      return;
    }
    visitor.startDirectory();
    visitor.entry(name());
    chain(left - 1);
    visitor.endDirectory();
  }

  private void file() throws IOException {
    int size = random.nextInt(300);
    if (random.nextInt(3) == 0) {
      size = Math.max(0, BORDERS.get(random.nextInt(BORDERS.size())) + random.nextInt(3) - 1);
    } else if (random.nextInt(RARELY) == 0) {
      size = LARGE + random.nextInt(3) - 1;
    }
    byte[] contents = new byte[size];
    random.nextBytes(contents);
    visitor.file(random.nextInt(3) == 0, size, new ByteArrayInputStream(contents));
  }

  private ByteString name() {
    return switch (random.nextInt(12)) {
      case 0 -> ByteString.of(NO_TEXT.get(random.nextInt(NO_TEXT.size())));
      case 1 -> ByteString.of("x".repeat(LONGEST_NAME - random.nextInt(2)));
      case 2 -> ByteString.of(common() + common());
      case 3 -> randomName();
      default -> ByteString.of(common());
    };
  }

  private String common() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private ByteString randomName() {
    while (true) {
      byte[] bytes = new byte[1 + random.nextInt(12)];
      random.nextBytes(bytes);
      ByteString name = ByteString.of(bytes);
      if (NarNames.isName(name)) {
        return name;
      }
    }
  }

  private ByteString target() {
    return switch (random.nextInt(6)) {
      case 0 -> ByteString.of("/nowhere/" + common());
      case 1 -> ByteString.of("../".repeat(1 + random.nextInt(4)) + common());
      case 2 -> ByteString.of(NO_TEXT.get(random.nextInt(NO_TEXT.size())));
      case 3 -> ByteString.of(".");
      case 4 -> ByteString.of(("long/".repeat(800) + "x").getBytes(StandardCharsets.UTF_8));
      default -> ByteString.of(common());
    };
  }
}
