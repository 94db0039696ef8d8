package dev.synapse.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A list of system calls in memory, as [LauncherProgram] makes them one after another, with the
/// bytes that their arguments point to.
///
/// A call is eleven words: its number, six arguments, where the result is stored, and the addresses
/// of the calls that follow if it failed, if it gave zero, and else. So a tape can do what a list
/// can't: be two programs after a `clone`, give up after an error, or go on as if nothing happened.
final class Tape {
  private static final int WORD = Long.BYTES;
  private static final int STORE = 7;
  private static final int ON_ERROR = 8;
  private static final int ON_ZERO = 9;
  private static final int NEXT = 10;

  /// The words of a call.
  static final int WORDS = 11;

  private final long base;
  private final long ignored;
  private final List<Call> calls = new ArrayList<>();
  private final Map<Label, Integer> labels = new HashMap<>();
  private final List<Bytes> data = new ArrayList<>();
  private final List<Pointer> pointers = new ArrayList<>();
  private int dataBytes;

  /// @param base the address where the tape will be
  /// @param ignored the address of a word for results that nobody reads
  Tape(long base, long ignored) {
    this.base = base;
    this.ignored = ignored;
  }

  /// A place on the tape; calls may lead there before it is marked.
  static final class Label {}

  /// A word: a number, or an address that is known only when the tape is whole.
  sealed interface Value {}

  record Fixed(long value) implements Value {}

  /// Bytes beside the calls.
  record Data(int offset) implements Value {}

  /// An argument of a call, to be stored into.
  record Argument(int call, int number) implements Value {}

  private record Place(Label label) implements Value {}

  private record Following(int call) implements Value {}

  private record Bytes(int offset, ByteBuffer bytes) {}

  private record Pointer(int offset, Value to) {}

  /// One call, which goes on with the one after it.
  static final class Call {
    private final int index;
    private final String what;
    private final Value[] words;

    private Call(int index, String what, Value[] words) {
      this.index = index;
      this.what = what;
      this.words = words;
    }

    /// Where it goes on after an error.
    Call onError(Label place) {
      words[ON_ERROR] = new Place(place);
      return this;
    }

    /// Goes on after an error as after success.
    Call whateverComes() {
      words[ON_ERROR] = new Following(index);
      return this;
    }

    /// Where it goes on after a zero.
    Call onZero(Label place) {
      words[ON_ZERO] = new Place(place);
      return this;
    }

    /// Where it goes on after what is neither an error nor zero.
    Call onMore(Label place) {
      words[NEXT] = new Place(place);
      return this;
    }

    /// Where it goes on unless it fails.
    Call then(Value place) {
      words[ON_ZERO] = place;
      words[NEXT] = place;
      return this;
    }

    /// Stores the result.
    Call into(Value place) {
      words[STORE] = place;
      return this;
    }

    Argument argument(int number) {
      return new Argument(index, number);
    }
  }

  /// Adds a call.
  ///
  /// @param failed where it goes on after an error
  /// @param what it is, for people, if it fails
  Call call(Label failed, String what, long number, Object... arguments) {
    int index = calls.size();
    var words = new Value[WORDS];
    Arrays.fill(words, new Fixed(0));
    words[0] = new Fixed(number);
    for (int i = 0; i < arguments.length; i++) {
      words[1 + i] = value(arguments[i]);
    }
    words[STORE] = new Fixed(ignored);
    words[ON_ERROR] = new Place(failed);
    words[ON_ZERO] = new Following(index);
    words[NEXT] = new Following(index);
    var call = new Call(index, what, words);
    calls.add(call);
    return call;
  }

  private static Value value(Object argument) {
    return switch (argument) {
      case Value value -> value;
      case Integer number -> new Fixed(number);
      case Long number -> new Fixed(number);
      default -> throw new IllegalArgumentException("no argument of a system call: " + argument);
    };
  }

  /// The next call is the one at `label`.
  void mark(Label label) {
    labels.put(label, calls.size());
  }

  /// The address of a marked call.
  Value at(Label label) {
    return new Place(label);
  }

  /// Bytes, at a multiple of eight.
  Data data(byte[] bytes) {
    return data(ByteBuffer.wrap(bytes));
  }

  /// Bytes, at a multiple of eight.
  Data data(ByteBuffer bytes) {
    var at = new Data(dataBytes);
    data.add(new Bytes(dataBytes, bytes));
    dataBytes += (bytes.limit() + WORD - 1) / WORD * WORD;
    return at;
  }

  /// Text, closed by a NUL byte.
  Data text(RawText text) {
    byte[] bytes = text.toBytes();
    return data(Arrays.copyOf(bytes, bytes.length + 1));
  }

  Data text(String text) {
    return text(RawText.of(text));
  }

  /// Words in a row.
  Data words(List<? extends Value> words) {
    var at = new Data(dataBytes);
    for (Value word : words) {
      pointers.add(new Pointer(dataBytes, word));
      dataBytes += WORD;
    }
    return at;
  }

  /// Addresses of `texts` in a row, closed by a zero.
  Data texts(List<RawText> texts) {
    var all = new ArrayList<Value>();
    texts.forEach(each -> all.add(text(each)));
    all.add(new Fixed(0));
    return words(all);
  }

  /// What the call at `address` was.
  @Nullable String what(long address) {
    long index = (address - base) / ((long) WORDS * WORD);
    return index >= 0 && index < calls.size() ? calls.get((int) index).what : null;
  }

  /// What the calls are, in the order of the tape.
  List<String> calls() {
    return calls.stream().map(call -> call.what).toList();
  }

  private long address(Value value) {
    return switch (value) {
      case Fixed(var number) -> number;
      case Data(var offset) -> callAt(calls.size()) + offset;
      case Argument(var call, var number) -> callAt(call) + (1L + number) * WORD;
      case Following(var call) -> callAt(call + 1);
      case Place(var label) -> {
        Integer call = labels.get(label);
        if (call == null) {
          throw new IllegalStateException("a place on a tape was never marked");
        }
        yield callAt(call);
      }
    };
  }

  private long callAt(int index) {
    return base + (long) index * WORDS * WORD;
  }

  /// The tape, to be read to its address. It begins with the first call.
  byte[] toBytes() {
    int start = calls.size() * WORDS * WORD;
    ByteBuffer bytes = ByteBuffer.allocate(start + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Call call : calls) {
      for (Value word : call.words) {
        bytes.putLong(address(word));
      }
    }
    data.forEach(each -> bytes.put(start + each.offset(), each.bytes(), 0, each.bytes().limit()));
    pointers.forEach(each -> bytes.putLong(start + each.offset(), address(each.to())));
    return bytes.array();
  }
}
