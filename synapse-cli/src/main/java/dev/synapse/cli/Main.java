package dev.synapse.cli;

/// Where the program starts.
public final class Main {
  private Main() {}

  /// Runs the command line `args`.
  public static void main(String[] args) {
    System.out.println("synapse 0.1.0");
  }
}
