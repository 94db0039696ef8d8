"""Roman numerals from I to MMMCMXCIX."""

_SIGNS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)


def write(number: int) -> str:
    """Writes a number from 1 to 3999."""
    if not 1 <= number <= 3999:
        raise ValueError(f"no Roman numeral for {number}")
    text = ""
    for value, sign in _SIGNS:
        times, number = divmod(number, value)
        text += sign * times
    return text
