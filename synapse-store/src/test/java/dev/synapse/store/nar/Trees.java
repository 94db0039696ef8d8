package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.vectors.Vectors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The trees of the vectors.
final class Trees {
  private static final PosixFilePermission[] FROM_LOW_BIT = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ,
  };

  private Trees() {}

  /// Tells `visitor` what the tree holds.
  static void tell(JsonNode tree, NarVisitor visitor) throws IOException {
    switch (tree.get("type").asString()) {
      case "regular" -> {
        byte[] contents = contents(tree);
        visitor.file(
            tree.get("executable").asBoolean(),
            contents.length,
            new ByteArrayInputStream(contents));
      }
      case "symlink" -> visitor.symlink(Vectors.byteString(tree, "target"));
      case "directory" -> {
        visitor.startDirectory();
        for (Map.Entry<ByteString, JsonNode> entry : entries(tree).entrySet()) {
          visitor.entry(entry.getKey());
          tell(entry.getValue(), visitor);
        }
        visitor.endDirectory();
      }
      default -> throw new AssertionError(tree);
    }
  }

  /// Gives the files below `root` the modes that the tree asks for; says how many it asks for.
  static int setModes(JsonNode tree, Path root) throws IOException {
    int modes = 0;
    if (tree.has("fs_mode")) {
      Files.setPosixFilePermissions(root, permissions(tree.get("fs_mode").asString()));
      modes++;
    }
    if (tree.has("entries")) {
      for (Map.Entry<ByteString, JsonNode> entry : entries(tree).entrySet()) {
        modes += setModes(entry.getValue(), RawNames.resolve(root, entry.getKey()));
      }
    }
    return modes;
  }

  private static Set<PosixFilePermission> permissions(String mode) {
    int bits = Integer.parseInt(mode, 8);
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < FROM_LOW_BIT.length; bit++) {
      if ((bits >> bit & 1) == 1) {
        permissions.add(FROM_LOW_BIT[bit]);
      }
    }
    return permissions;
  }

  private static Map<ByteString, JsonNode> entries(JsonNode tree) {
    Map<ByteString, JsonNode> sorted = new TreeMap<>();
    for (JsonNode entry : tree.get("entries")) {
      sorted.put(Vectors.byteString(entry, "name"), entry.get("node"));
    }
    return sorted;
  }

  private static byte[] contents(JsonNode tree) {
    if (!tree.has("repeat_b64")) {
      return Vectors.byteString(tree, "contents").toByteArray();
    }
    byte[] pattern = tree.get("repeat_b64").binaryValue();
    byte[] contents = new byte[tree.get("size").asInt()];
    for (int index = 0; index < contents.length; index++) {
      contents[index] = pattern[index % pattern.length];
    }
    return contents;
  }
}
