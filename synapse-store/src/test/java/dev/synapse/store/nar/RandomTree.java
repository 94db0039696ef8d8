package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/// Trees with names and targets of random bytes, the same for the same seed.
final class RandomTree {
  private static final int DEEPEST = 4;
  private static final int WIDEST = 6;
  private static final int LARGEST = 300;
  private static final int LONGEST_NAME = 9;

  private final Random random;
  private final NarVisitor visitor;

  private RandomTree(long seed, NarVisitor visitor) {
    this.random = new Random(seed);
    this.visitor = visitor;
  }

  static byte[] archive(long seed) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new RandomTree(seed, new NarWriter(out)).node(0);
    return out.toByteArray();
  }

  private void node(int depth) throws IOException {
    int kind = random.nextInt(depth < DEEPEST ? 4 : 2);
    if (kind == 0) {
      byte[] contents = new byte[random.nextInt(LARGEST)];
      random.nextBytes(contents);
      visitor.file(random.nextBoolean(), contents.length, new ByteArrayInputStream(contents));
    } else if (kind == 1) {
      visitor.symlink(bytes(false));
    } else {
      visitor.startDirectory();
      SortedSet<ByteString> names = new TreeSet<>();
      for (int left = random.nextInt(WIDEST); left > 0; left--) {
        names.add(bytes(true));
      }
      for (ByteString name : names) {
        visitor.entry(name);
        node(depth + 1);
      }
      visitor.endDirectory();
    }
  }

  private ByteString bytes(boolean name) {
    while (true) {
      byte[] bytes = new byte[1 + random.nextInt(LONGEST_NAME)];
      random.nextBytes(bytes);
      ByteString text = ByteString.of(bytes);
      if (name ? NarNames.isName(text) : NarNames.isTarget(text)) {
        return text;
      }
    }
  }
}
