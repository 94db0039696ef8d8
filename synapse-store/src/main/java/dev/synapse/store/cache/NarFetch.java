package dev.synapse.store.cache;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarException;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.reference.SelfReferenceHasher;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Brings one archive from a cache to a folder, without ever holding it: read, decompressed,
/// restored and hashed while it streams. What is there afterwards is what the cache announced, or
/// the call failed and the folder holds rubbish.
///
/// Whose fault a failure is, is told apart: a [CacheException] is the cache's, a [StoreException]
/// (a full disk) is ours.
final class NarFetch {
  private static final int BUFFER = 1 << 17;

  /// No method makes data longer than by this share and so many bytes; a stream that does is there
  /// to keep us busy.
  private static final int SLACK_SHARE = 8;

  private static final long SLACK = 1 << 20;

  private final BinaryCache cache;
  private final NarInfo announced;

  NarFetch(BinaryCache cache, NarInfo announced) {
    this.cache = cache;
    this.announced = announced;
  }

  private StorePath path() {
    return announced.path();
  }

  void restore(Path destination) throws IOException {
    NarHash expected = announced.info().nar();
    NarHash actual = read(destination, in -> Nar.restoreHashing(in, destination));
    if (!actual.equals(expected)) {
      throw new CacheException(
          new CacheProblem.WrongNar(cache.location(), path(), expected, actual));
    }
    if (announced.info().contentAddress().isPresent()
        && !isOf(destination, announced.info().contentAddress().get())) {
      throw new CacheException(
          new CacheProblem.WrongContents(
              cache.location(), path(), announced.info().contentAddress().get()));
    }
  }

  /// Reads the archive without keeping it.
  void check() throws IOException {
    NarHash expected = announced.info().nar();
    NarHash actual =
        read(
            Path.of("."),
            in -> {
              try (NarHasher hasher = new NarHasher()) {
                in.transferTo(hasher);
                return hasher.finish();
              }
            });
    if (!actual.equals(expected)) {
      throw new CacheException(
          new CacheProblem.WrongNar(cache.location(), path(), expected, actual));
    }
  }

  private interface Reading {
    NarHash read(InputStream in) throws IOException;
  }

  /// @param place where a full disk would show
  private NarHash read(Path place, Reading reading) throws IOException {
    String url = announced.file().url();
    long size = announced.info().narSize();
    try (InputStream raw =
        cache
            .read(url)
            .orElseThrow(
                () -> new CacheException(new CacheProblem.NoNar(cache.location(), path(), url)))) {
      InputStream limited =
          new LimitedStream(raw, size + size / SLACK_SHARE + SLACK, this::tooLong);
      try (InputStream plain =
          new BufferedInputStream(
              new LimitedStream(new Blaming(decompress(limited)), size, this::tooLong), BUFFER)) {
        NarHash read = reading.read(plain);
        if (plain.read() >= 0) {
          throw bad("something follows the archive");
        }
        return read;
      }
    } catch (CacheException | InterruptedIOException e) {
      throw e;
    } catch (NarException e) {
      throw new CacheException(
          new CacheProblem.BadNar(cache.location(), path(), e.problem().message()), e);
    } catch (IOException e) {
      IOException named = StoreException.naming(e, place);
      if (named instanceof StoreException) {
        throw named;
      }
      // Names that no file system takes, and the like: only this archive asks for that.
      throw new CacheException(
          new CacheProblem.BadNar(cache.location(), path(), String.valueOf(e.getMessage())), e);
    }
  }

  private CacheException tooLong() {
    return new CacheException(
        new CacheProblem.TooLong(cache.location(), path(), announced.info().narSize()));
  }

  private CacheException bad(String reason) {
    return new CacheException(new CacheProblem.BadNar(cache.location(), path(), reason));
  }

  private InputStream decompress(InputStream in) throws IOException {
    String method = announced.file().compression();
    try {
      return Compression.decompress(method, in)
          .orElseThrow(
              () ->
                  new CacheException(
                      new CacheProblem.UnknownCompression(cache.location(), path(), method)));
    } catch (CacheException e) {
      throw e;
    } catch (IOException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  /// Whether a tree has the contents that the address is of.
  private boolean isOf(Path tree, ContentAddress address) throws IOException {
    return switch (address) {
      case ContentAddress.Text(var hash) -> flat(tree, hash);
      case ContentAddress.Fixed(var recursive, var hash) ->
          recursive ? recursive(tree, hash) : flat(tree, hash);
    };
  }

  private boolean recursive(Path tree, Hash hash) throws IOException {
    PathInfo info = announced.info();
    if (info.references().contains(info.path())) {
      SelfReferenceHasher hasher = new SelfReferenceHasher(hash.algorithm(), info.path().digest());
      Nar.write(tree, hasher);
      return hasher.finish().equals(hash);
    }
    if (hash.algorithm() == HashAlgorithm.SHA256) {
      return info.narHash().equals(hash);
    }
    try (NarHasher hasher = new NarHasher(hash.algorithm())) {
      Nar.write(tree, hasher);
      return hasher.finish().hash().equals(hash);
    }
  }

  private static boolean flat(Path file, Hash hash) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file);
        NarHasher hasher = new NarHasher(hash.algorithm())) {
      in.transferTo(hasher);
      return hasher.finish().hash().equals(hash);
    }
  }

  /// Whatever a decompressor throws, the data are to blame.
  private final class Blaming extends BulkFilterStream {
    Blaming(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      try {
        return in.read(bytes, from, length);
      } catch (CacheException | InterruptedIOException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        throw new CacheException(
            new CacheProblem.BadNar(
                cache.location(),
                path(),
                e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
            e);
      }
    }
  }
}
