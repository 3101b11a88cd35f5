"""The mod-10 check digit of GS1 (General Specifications 7.9.1): GTIN, SSCC, parcel numbers."""


def check_digit(digits: str) -> str:
    """Return the digit to append: from the right, every other digit counts three times."""
    weighted = (int(d) * (1 if i % 2 else 3) for i, d in enumerate(reversed(digits)))
    return str(-sum(weighted) % 10)


def is_checked(number: str) -> bool:
    """Tell whether the last digit of a number of ASCII digits is the check digit of the others."""
    is_number = len(number) > 1 and number.isascii() and number.isdigit()
    return is_number and check_digit(number[:-1]) == number[-1]
