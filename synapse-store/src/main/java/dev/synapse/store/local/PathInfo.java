package dev.synapse.store.local;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the store knows of a valid path.
///
/// @param nar hash and size of its archive
/// @param references what it refers to, itself among them if it does
/// @param origin where it comes from, and why to believe so
public record PathInfo(
    StorePath path, NarHash nar, SortedSet<StorePath> references, Origin origin) {
  /// Where a path comes from.
  ///
  /// @param deriver the derivation that built it, which need not be valid
  /// @param registrationTime when it became valid here, in seconds since the epoch
  /// @param ultimate whether it was built here
  /// @param signatures each `key:base64`
  /// @param address set if the path follows from its contents
  public record Origin(
      Optional<StorePath> deriver,
      long registrationTime,
      boolean ultimate,
      List<String> signatures,
      Optional<ContentAddress> address) {
    /// Copies the list.
    public Origin {
      signatures = List.copyOf(signatures);
    }

    /// Built here, just now, from `derivation`.
    public static Origin builtBy(StorePath derivation, long now) {
      return new Origin(Optional.of(derivation), now, true, List.of(), Optional.empty());
    }

    /// Added by its contents.
    public static Origin addressed(ContentAddress address, long now) {
      return new Origin(Optional.empty(), now, false, List.of(), Optional.of(address));
    }

    /// The same, known by its contents as well.
    public Origin withAddress(ContentAddress known) {
      return new Origin(deriver, registrationTime, ultimate, signatures, Optional.of(known));
    }
  }

  /// Copies the references.
  public PathInfo {
    references = Collections.unmodifiableSortedSet(new TreeSet<>(references));
  }

  /// The same from references in any order.
  public static PathInfo of(
      StorePath path, NarHash nar, Collection<StorePath> references, Origin origin) {
    return new PathInfo(path, nar, new TreeSet<>(references), origin);
  }

  /// SHA-256 of the archive.
  public Hash narHash() {
    return nar.hash();
  }

  /// Size of the archive in bytes; 0 if nobody noted it.
  public long narSize() {
    return nar.size();
  }

  /// The derivation that built it, which need not be valid.
  public Optional<StorePath> deriver() {
    return origin.deriver();
  }

  /// When it became valid here, in seconds since the epoch.
  public long registrationTime() {
    return origin.registrationTime();
  }

  /// Whether it was built here.
  public boolean ultimate() {
    return origin.ultimate();
  }

  /// Each `key:base64`.
  public List<String> signatures() {
    return origin.signatures();
  }

  /// Set if the path follows from its contents.
  public Optional<ContentAddress> contentAddress() {
    return origin.address();
  }

  /// Whether the path is the one that its content address, its name and its references give. Says
  /// nothing of the contents; false without an address.
  public boolean followsFromAddress() {
    if (contentAddress().isEmpty()) {
      return false;
    }
    SortedSet<StorePath> others = new TreeSet<>(references);
    boolean self = others.remove(path);
    try {
      return StoreDirectory.NIX
          .pathOf(contentAddress().get(), path.name(), others, self)
          .equals(path);
    } catch (IllegalArgumentException _) {
      return false; // references where such an address allows none
    }
  }
}
