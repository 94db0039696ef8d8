package dev.synapse.gmp.analysis;

import org.jspecify.annotations.Nullable;

/// What is between two brackets of a Java file, or the whole file, and how far the statement or
/// member has come that is being read in it.
final class JavaScope {
  /// What brackets hold.
  enum Kind {
    /// Members of a type; also the outermost scope.
    TYPE,
    /// Statements.
    BLOCK,
    /// The cases of a `switch`.
    SWITCH,
    /// A part of an expression, between any brackets.
    EXPRESSION,
    /// The three parts of a `for`.
    FOR
  }

  final Kind kind;
  final @Nullable JavaScope parent;

  /// What is around, for names: `Outer.method.`; empty outside of any type.
  final String path;

  /// The function whose decisions are counted here.
  @Nullable OpenFunction function;

  /// Whether numbers here belong to an annotation.
  boolean annotation;

  /// Whether a number here is the value of a constant.
  boolean constant;

  /// Whether the nearest method is `hashCode()`.
  boolean hashCode;

  /// Whether its variables are constants without saying so.
  boolean isInterface;

  /// Whether the constants of an enum are being read.
  boolean enumConstants;

  /// Whether the statement around goes on after the closing bracket.
  boolean inExpression;

  /// The function whose body this is.
  @Nullable OpenFunction body;

  // How far the statement has come.
  int start;
  int parameters = -1;
  boolean isFinal;
  boolean assigned;
  boolean lambda;
  boolean elementDefault;
  boolean caseLabel;
  String typeWord = "";
  String typeName = "";

  JavaScope(Kind kind, @Nullable JavaScope parent, String path, int start) {
    this.kind = kind;
    this.parent = parent;
    this.path = path;
    this.start = start;
    if (parent != null) {
      function = parent.function;
      annotation = parent.annotation;
      hashCode = parent.hashCode;
    }
  }

  /// Begins the next statement or member.
  void next(int index) {
    start = index;
    parameters = -1;
    isFinal = false;
    assigned = false;
    lambda = false;
    elementDefault = false;
    caseLabel = false;
    typeWord = "";
    typeName = "";
  }

  boolean isExpression() {
    return kind == Kind.EXPRESSION;
  }

  /// Whether what stands here now is the value of a constant.
  boolean explains() {
    if (lambda) {
      return false;
    }
    return switch (kind) {
      case EXPRESSION -> constant;
      case TYPE -> enumConstants || elementDefault || givesConstant();
      case BLOCK, SWITCH, FOR -> givesConstant();
    };
  }

  private boolean givesConstant() {
    return assigned && (isFinal || isInterface);
  }

  /// Whether a type can be declared, or a variable, at this point.
  boolean canDeclare() {
    return !isExpression() && !assigned;
  }
}
