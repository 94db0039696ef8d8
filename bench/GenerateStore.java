import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeSet;

/// Fills an empty store with many small paths, to measure what asks all of them: texts that refer
/// to some of those before. The last path needs nearly all others. Every tenth is a derivation's
/// output by its `deriver`, which is not valid.
///
///     nix-store --store ROOT --init
///     java bench/GenerateStore.java ROOT 100000 5 | sqlite3 ROOT/nix/var/nix/db/db.sqlite
///
/// writes the files below ROOT and prints the rows of the database. The same numbers give the same
/// store. Roots are links `gcroots/bench-N` to every thousandth path of the first half, which keep
/// some of it.
public final class GenerateStore {
  private static final String DIGITS = "0123456789abcdfghijklmnpqrsvwxyz";
  private static final int NEAR = 2000;

  private GenerateStore() {}

  /// ROOT, the number of paths, and how many references each has.
  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    int references = Integer.parseInt(args[2]);
    Random random = new Random(1);
    Path objects = Files.createDirectories(root.resolve("nix/store"));
    Path roots = Files.createDirectories(root.resolve("nix/var/nix/gcroots"));
    String[] paths = new String[count];
    StringBuilder sql = new StringBuilder("pragma synchronous = off;\nbegin;\n");
    for (int number = 0; number < count; number++) {
      StringBuilder digest = new StringBuilder();
      for (int index = 0; index < 32; index++) {
        digest.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
      }
      paths[number] = "/nix/store/" + digest + "-bench-" + number;
      TreeSet<Integer> needed = new TreeSet<>();
      for (int index = 0; index < Math.min(references, number); index++) {
        int back = 1 + random.nextInt(Math.min(number, NEAR));
        needed.add(index == 0 ? number - 1 - random.nextInt(Math.min(number, 3)) : number - back);
      }
      StringBuilder text = new StringBuilder("path " + number + "\n");
      for (int each : needed) {
        text.append(paths[each]).append('\n');
      }
      byte[] contents = text.toString().getBytes(StandardCharsets.US_ASCII);
      Path file = objects.resolve(paths[number].substring("/nix/store/".length()));
      Files.write(file, contents);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
      Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
      byte[] nar = archive(contents);
      String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(nar));
      String deriver =
          number % 10 == 0 ? "'/nix/store/" + digest.reverse() + "-bench.drv'" : "null";
      sql.append(
          "insert into ValidPaths values (%d, '%s', 'sha256:%s', 1, %s, %d, null, null, null);\n"
              .formatted(number + 1, paths[number], hash, deriver, nar.length));
      for (int each : needed) {
        sql.append("insert into Refs values (%d, %d);\n".formatted(number + 1, each + 1));
      }
      if (number % 1000 == 0 && number < count / 2) {
        Files.createSymbolicLink(roots.resolve("bench-" + number), Path.of(paths[number]));
      }
    }
    System.out.print(sql.append("commit;\n"));
  }

  /// The archive of a file that is not executable.
  private static byte[] archive(byte[] contents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String word : new String[] {"nix-archive-1", "(", "type", "regular", "contents"}) {
      text(out, word.getBytes(StandardCharsets.US_ASCII));
    }
    text(out, contents);
    text(out, new byte[] {')'});
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, byte[] text) {
    out.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
    out.writeBytes(text);
    out.writeBytes(new byte[-text.length & 7]);
  }
}
