import pytest

import roman


@pytest.mark.parametrize(
    ("number", "text"), [(1, "I"), (4, "IV"), (9, "IX"), (1994, "MCMXCIV"), (3999, "MMMCMXCIX")]
)
def test_writes_numerals(number, text):
    assert roman.write(number) == text


@pytest.mark.parametrize("number", [-1, 0, 4000])
def test_refuses_numbers_without_numeral(number):
    with pytest.raises(ValueError):
        roman.write(number)
