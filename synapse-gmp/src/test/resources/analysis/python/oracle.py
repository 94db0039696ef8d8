"""Prints what Python's own parser finds: the functions with their complexity, and the magic numbers.

usage: oracle.py FOLDER PATH...

One line each, `F path first last complexity name` or `M path line column`, by the
definitions cyclomatic-complexity/1 and magic-numbers/1, from the syntax tree and not from tokens.
"""
import ast
import os
import re
import sys

DECISIONS = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler)
PLAIN = {-1, 0, 1, 2, 0.5}
CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*")
ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"}


class Function:
    def __init__(self, node, name):
        self.node, self.name, self.complexity = node, name, 1


class Walk(ast.NodeVisitor):
    def __init__(self, path):
        self.path, self.function, self.names, self.enum = path, None, [], False
        self.functions, self.numbers, self.hash = [], [], False

    def decide(self, by=1):
        if self.function:
            self.function.complexity += by

    def generic_visit(self, node):
        if isinstance(node, DECISIONS):
            self.decide()
        super().generic_visit(node)

    def visit_BoolOp(self, node):
        self.decide(len(node.values) - 1)
        super().generic_visit(node)

    def visit_comprehension(self, node):
        self.decide(1 + len(node.ifs))
        super().generic_visit(node)

    def visit_match_case(self, node):
        pattern = node.pattern
        always = isinstance(pattern, ast.MatchAs) and pattern.pattern is None and pattern.name is None
        self.decide((0 if always and node.guard is None else 1) + (1 if node.guard else 0))
        super().generic_visit(node)

    def decorators(self, node):
        before = len(self.numbers)
        for each in node.decorator_list:
            self.visit(each)
        del self.numbers[before:]

    def visit_FunctionDef(self, node):
        self.decorators(node)
        self.visit(node.args)
        if node.returns:
            self.visit(node.returns)
        outer = self.function, self.names, self.enum, self.hash
        self.names = self.names + [node.name]
        self.function, self.enum = Function(node, ".".join(self.names)), False
        self.hash = node.name == "__hash__"
        self.functions.append(self.function)
        for each in node.body:
            self.visit(each)
        self.function, self.names, self.enum, self.hash = outer

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.decorators(node)
        for each in node.bases + node.keywords:
            self.visit(each)
        outer = self.names, self.enum
        self.names = self.names + [node.name]
        self.enum = any((b.id if isinstance(b, ast.Name) else getattr(b, "attr", "")) in ENUMS for b in node.bases)
        for each in node.body:
            self.visit(each)
        self.names, self.enum = outer

    def names_of(self, target):
        if isinstance(target, ast.Name):
            return [target.id]
        if isinstance(target, (ast.Tuple, ast.List)):
            found = [self.names_of(each) for each in target.elts]
            return None if None in found else sum(found, [])
        return None

    def visit_Assign(self, node):
        found = [self.names_of(each) for each in node.targets]
        names = None if None in found else sum(found, [])
        constant = names is not None and (self.enum or all(CONSTANT.fullmatch(n) for n in names))
        self.assign(node, constant)

    def visit_AnnAssign(self, node):
        last = node.annotation.value if isinstance(node.annotation, ast.Subscript) else node.annotation
        final = (last.id if isinstance(last, ast.Name) else getattr(last, "attr", "")) == "Final"
        name = isinstance(node.target, ast.Name)
        self.assign(node, node.value and (final or name and (self.enum or CONSTANT.fullmatch(node.target.id))))

    def assign(self, node, constant):
        before = len(self.numbers)
        super().generic_visit(node)
        if constant:
            del self.numbers[before:]

    def visit_UnaryOp(self, node):
        value = node.operand.value if isinstance(node.operand, ast.Constant) else None
        if isinstance(node.op, (ast.USub, ast.UAdd)) and type(value) in (int, float, complex):
            self.number(node, -value if isinstance(node.op, ast.USub) else value)
        else:
            super().generic_visit(node)

    def visit_Constant(self, node):
        if type(node.value) in (int, float, complex):
            self.number(node, node.value)

    def number(self, node, value):
        if not self.hash and value not in PLAIN:
            self.numbers.append((node.lineno, node.col_offset + 1))


def main(folder, paths):
    for path in paths:
        with open(os.path.join(folder, path), "rb") as file:
            walk = Walk(path)
            walk.visit(ast.parse(file.read()))
        for f in walk.functions:
            first = min([f.node.lineno] + [d.lineno for d in f.node.decorator_list])
            print("F", path, first, f.node.end_lineno, f.complexity, f.name)
        for line, column in walk.numbers:
            print("M", path, line, column)


main(sys.argv[1], sys.argv[2:])
