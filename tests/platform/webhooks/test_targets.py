import socket
from ipaddress import ip_address

import pytest

from fulfillment.platform.webhooks import targets
from fulfillment.platform.webhooks.targets import Refused, Rules, Target

STRICT, OPEN = Rules(False, False), Rules(True, True)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.0.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_no_address_within_a_network_is_public(address):
    assert not targets.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_addresses_of_the_internet_are_public(address):
    assert targets.is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://shop.example/hook?a=b", ("https", "shop.example", 443, "/hook?a=b")),
        ("https://shop.example", ("https", "shop.example", 443, "/")),
        ("https://shop.example:8443/", ("https", "shop.example", 8443, "/")),
        ("https://[2606:4700::1]/x", ("https", "2606:4700::1", 443, "/x")),
    ],
)
def test_a_url_is_taken_apart(url, parts):
    assert targets.parse(url, STRICT) == Target(*parts)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "shop.example",
        "https://",
        "https:///path",
        "https://user@shop.example/",
        "https://user:word@shop.example/",
        "https://@shop.example/",
        "https://shop.example/#part",
        "https://shop.example:0/",
        "https://shop.example:port/",
        "https://shop.example:99999/",
        "https://[::1/",
        "https://shop.example\\@inner/",
        "https://shop.example/a b",
        "https://shop.example/\r\nHost:x",
        "https://geschäft.example/",
    ],
)
def test_what_is_no_plain_https_url_is_refused(url):
    with pytest.raises(Refused):
        targets.parse(url, STRICT)


def test_http_is_for_where_the_settings_allow_it():
    assert targets.parse("http://shop.example/", OPEN).port == 80
    with pytest.raises(Refused, match="https://"):
        targets.parse("http://shop.example/", Rules(private_targets=True, plain_http=False))


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "::1"])
def test_this_machine_is_refused_however_it_is_written(host):
    with pytest.raises(Refused):
        targets.look_up(Target("https", host, 443, "/"), STRICT)


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        targets.look_up(Target("https", "shop.example", 443, "/"), STRICT)
    assert len(targets.look_up(Target("https", "shop.example", 443, "/"), OPEN)) == 2


def test_a_host_without_an_address_is_refused():
    with pytest.raises(Refused, match="no address"):
        targets.look_up(Target("https", "nowhere.invalid", 443, "/"), STRICT)
