package dev.synapse.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/// What a command takes: its options and parameters, each with what it is for. What is declared
/// gives a handle that knows, once the command line was read, what was given.
///
/// picocli's annotations would say the same in fewer lines, but to read them takes the JVM longer
/// than all else that a short command does (ADR 5).
final class Syntax {
  private final CommandSpec spec;
  private final List<Choice> choices = new ArrayList<>();
  private int parameters;

  /// @param command what is run in the end
  /// @param name the word that calls it
  /// @param description what it does, as a sentence
  Syntax(Command command, String name, String description) {
    Callable<Integer> action = () -> command.run().status();
    this.spec = CommandSpec.wrapWithoutInspection(action).name(name);
    spec.usageMessage().description(description).synopsisSubcommandLabel("COMMAND");
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .type(boolean.class)
            .arity("0")
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .type(boolean.class)
            .arity("0")
            .description("Print version information and exit.")
            .build());
    spec.versionProvider(() -> new String[] {"synapse " + Version.text()});
  }

  /// What picocli reads command lines with.
  CommandSpec spec() {
    choices.forEach(choice -> spec.addArgGroup(choice.group.build()));
    choices.clear();
    return spec;
  }

  /// An option without a value.
  static final class Flag {
    private final OptionSpec option;

    private Flag(OptionSpec option) {
      this.option = option;
    }

    /// Whether the command line has it.
    boolean given() {
      return Boolean.TRUE.equals(option.<@Nullable Boolean>getValue());
    }
  }

  /// Takes an option without a value.
  Flag flag(String name, String description) {
    return add(flagSpec(description, name));
  }

  /// Takes an option without a value that has a short and a long name.
  Flag flag(String shortName, String longName, String description) {
    return add(flagSpec(description, shortName, longName));
  }

  private Flag add(OptionSpec option) {
    spec.addOption(option);
    return new Flag(option);
  }

  private static OptionSpec flagSpec(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  /// Flags that exclude each other.
  static final class Choice {
    private final ArgGroupSpec.Builder group;

    private Choice(String multiplicity) {
      this.group = ArgGroupSpec.builder().exclusive(true).multiplicity(multiplicity);
    }

    /// Adds one to choose.
    Flag flag(String name, String description) {
      OptionSpec option = flagSpec(description, name);
      group.addArg(option);
      return new Flag(option);
    }
  }

  /// Takes one of some flags, or none.
  Choice atMostOne() {
    return choice("0..1");
  }

  /// Takes exactly one of some flags.
  Choice exactlyOne() {
    return choice("1");
  }

  private Choice choice(String multiplicity) {
    Choice choice = new Choice(multiplicity);
    choices.add(choice);
    return choice;
  }

  /// Takes an option with a value.
  Supplier<Optional<String>> option(String name, String label, String description) {
    return option(name, label, description, ScopeType.LOCAL);
  }

  /// The same, for this command and for all below it.
  Supplier<Optional<String>> sharedOption(String name, String label, String description) {
    return option(name, label, description, ScopeType.INHERIT);
  }

  private Supplier<Optional<String>> option(
      String name, String label, String description, ScopeType scope) {
    OptionSpec option =
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(String.class)
            .description(description)
            .scopeType(scope)
            .build();
    spec.addOption(option);
    return () -> Optional.ofNullable(option.<@Nullable String>getValue());
  }

  /// Takes an option with a value that may be given again.
  Supplier<List<String>> options(String name, String label, String description) {
    return options(OptionSpec.builder(name).paramLabel(label).description(description));
  }

  /// The same, for this command and for all below it.
  ///
  /// @param converter refuses a malformed value
  Supplier<List<String>> sharedOptions(
      String name, String label, String description, ITypeConverter<String> converter) {
    return options(
        OptionSpec.builder(name)
            .paramLabel(label)
            .description(description)
            .converters(converter)
            .scopeType(ScopeType.INHERIT));
  }

  private Supplier<List<String>> options(OptionSpec.Builder builder) {
    OptionSpec option = builder.type(List.class).auxiliaryTypes(String.class).build();
    spec.addOption(option);
    return () -> listOf(option);
  }

  /// Takes a word.
  Supplier<String> parameter(String label, String description) {
    PositionalParamSpec parameter =
        positional(label, description, "1").required(true).type(String.class).build();
    spec.addPositional(parameter);
    return parameter::getValue;
  }

  /// Takes a word, or none.
  Supplier<Optional<String>> optionalParameter(String label, String description) {
    PositionalParamSpec parameter =
        positional(label, description, "0..1").type(String.class).build();
    spec.addPositional(parameter);
    return () -> Optional.ofNullable(parameter.<@Nullable String>getValue());
  }

  /// Takes all words that follow.
  ///
  /// @param least how many there must be
  Supplier<List<String>> parameters(String label, int least, String description) {
    PositionalParamSpec parameter =
        PositionalParamSpec.builder()
            .index(parameters + "..*")
            .arity(least + "..*")
            .required(least > 0)
            .paramLabel(label)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(description)
            .build();
    spec.addPositional(parameter);
    return () -> listOf(parameter);
  }

  private PositionalParamSpec.Builder positional(String label, String description, String arity) {
    int index = parameters++;
    return PositionalParamSpec.builder()
        .index(String.valueOf(index))
        .arity(arity)
        .paramLabel(label)
        .description(description);
  }

  private static List<String> listOf(ArgSpec argument) {
    List<String> given = argument.<@Nullable List<String>>getValue();
    return given == null ? List.of() : new ArrayList<>(given);
  }
}
