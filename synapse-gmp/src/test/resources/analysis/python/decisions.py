"""A docstring is a token, `if x and y: 77` is none."""
import enum
from enum import IntFlag
from typing import Final

LIMIT = 10
_SIZES, OTHER = [11, 12], (13,)
lower = 14
TYPED: int = 15
typed: Final[int] = 16
plain: int = 17
A = b = 18
C = D = 19
LAMBDA = lambda x: x + 20
TABLE = {
    "a": 21,
    "b": -22,
}
table["KEY"] = 23
table.KEY = 24
TOTAL += 25


class Level(enum.Enum):
    low = 30
    high: int = 31

    def next(self):
        return self.value + 32


class Flags(IntFlag, boundary=33):
    one = 34


class Plain(Level.metaclass(35), metaclass=Enum):
    value = 36

    def __hash__(self):
        return 31 * self.value

    @decorated(37)
    @property
    def chosen(self, default=38, *, other=39 if LIMIT else 40):
        x = 0x0 + 0b1 + 0xFF + 0o17 + 1_000 + 1e0 + 1.5 + .5 + 2j + 0j + 1e-3
        y = -1 - 2 - -3 + (+4) - (-5) [6:-7]
        return x if y > 41 and default or other else -42


def nested(a, b):
    def inner(c=a if b else 1):
        for each in c:
            while each:
                each -= 1
            else:
                pass
        return [d for d in c if d if not d for e in d]

    class Local:
        if a:
            def method(self): return 1 if self else 0

    if a: return b; b = 43
    elif b: b = lambda: a or b
    try:
        pass
    except (ValueError,
            KeyError):
        pass
    except OSError as e: raise
    finally:
        assert a and b, "no"
    return inner


async def waits(items):
    async for item in items:
        async with item as (x, y): pass
    return {k: v async for k, v in items if k}


def matches(match, case):
    match = 1
    match.case = case
    case(match)
    match match:
        case 44 if match > 45:
            return 46
        case [x, y]:
            CONSTANT = 47
        case {"a": 48}:
            if x: y = 1
        case _:
            pass
    match (x, y):
        case _ if x: pass
    return 0


def continued(a):
    if a and \
            a > 50 \
            or a < -51:
        pass  # a comment that ends with \
    x = (a
         - 52)
    x = a \
        - 53
    return "one" \
        "two" if a else """
        three if four and 54
        """


if LIMIT > 55:
    def conditional(): 
	# a tab before a comment
        return LIMIT

for i in range(56): print(i); LAST = 57
