package dev.synapse.cli;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
@Command(name = "gmp")
final class GmpCommand implements Callable<Integer> {
  @Override public Integer call() { return 2; }
}
