import pytest

from fulfillment.platform.check_digits import check_digit, is_checked


@pytest.mark.parametrize("number", ["4006381333931", "036000291452", "96385074", "10614141000415"])
def test_numbers_on_real_barcodes_are_right(number):
    assert is_checked(number)
    assert check_digit(number[:-1]) == number[-1]


@pytest.mark.parametrize("number", ["4006381333932", "400638133393", "", "0", "abc", "٩٦٣٨٥٠٧٤"])
def test_other_numbers_are_not(number):
    assert not is_checked(number)
