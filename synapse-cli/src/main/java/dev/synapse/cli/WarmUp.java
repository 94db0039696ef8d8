package dev.synapse.cli;
/// x
public final class WarmUp {
  private WarmUp() {}
  /// x
  public static void main(String[] args) { Main.run(new String[] {"build", "--help"}, System.getenv(), System.out, System.err); }
}
