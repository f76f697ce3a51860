"""Spellings by which an address of the inside has been smuggled past URL checks, and those that must still
work."""

from __future__ import annotations

import pytest

from doorbell.egress.errors import GuardError
from doorbell.egress.guard import EgressPolicy, check_url, problem_with

OPEN = EgressPolicy(allow_http=True, allowed_ports=None)

HOSTILE = [
    # IPv4, plainly of the inside
    ("https://127.0.0.1/", "address_refused"),
    ("https://127.255.255.254/", "address_refused"),
    ("https://0.0.0.0/", "address_refused"),
    ("https://0.1.2.3/", "address_refused"),
    ("https://10.0.0.1/", "address_refused"),
    ("https://172.16.0.1/", "address_refused"),
    ("https://172.31.255.255/", "address_refused"),
    ("https://192.168.1.1/", "address_refused"),
    ("https://100.64.0.1/", "address_refused"),
    ("https://100.100.100.200/latest/meta-data/", "address_refused"),  # Alibaba Cloud metadata
    ("https://169.254.169.254/latest/meta-data/", "address_refused"),
    ("https://169.254.170.2/v2/credentials", "address_refused"),  # ECS task credentials
    ("https://168.63.129.16/", "address_refused"),  # Azure's platform address, public by number
    ("https://192.0.0.192/", "address_refused"),  # Oracle Cloud's old metadata address
    ("https://192.0.2.1/", "address_refused"),
    ("https://198.18.0.1/", "address_refused"),
    ("https://198.51.100.7/", "address_refused"),
    ("https://203.0.113.9/", "address_refused"),
    ("https://192.88.99.1/", "address_refused"),
    ("https://224.0.0.1/", "address_refused"),
    ("https://240.0.0.1/", "address_refused"),
    ("https://255.255.255.255/", "address_refused"),
    # IPv4 in the numerals of inet_aton
    ("https://2130706433/", "host_refused"),
    ("https://0x7f000001/", "host_refused"),
    ("https://0X7F000001/", "host_refused"),
    ("https://017700000001/", "host_refused"),
    ("https://0x7f.1/", "host_refused"),
    ("https://127.1/", "host_refused"),
    ("https://127.0.1/", "host_refused"),
    ("https://0/", "host_refused"),
    ("https://0x/", "host_refused"),
    ("https://0177.0.0.1/", "host_refused"),
    ("https://0x7f.0x0.0x0.0x1/", "host_refused"),
    ("https://127.0.0.01/", "host_refused"),
    ("https://127.0.0.0x1/", "host_refused"),
    ("https://2852039166/", "host_refused"),  # 169.254.169.254
    ("https://0xA9FEA9FE/", "host_refused"),
    ("https://425.510.425.510/", "host_refused"),  # each octet 256 too many
    ("https://4294967297/", "host_refused"),  # 0.0.0.1 after 32 bits overflow
    ("https://127.0.0.1.1/", "host_refused"),
    ("https://1.2.3.256/", "host_refused"),
    ("https://subscriber.example.127/", "host_refused"),
    # dots
    ("https://127.0.0.1./", "host_refused"),
    ("https://subscriber.example.com./", "host_refused"),
    ("https://localhost./", "host_refused"),
    ("https://127..0.0.1/", "host_refused"),
    ("https://.127.0.0.1/", "host_refused"),
    ("https://a..example.com/", "host_refused"),
    ("https://127\u30020.0\u30020.1/", "url_refused"),  # ideographic full stop
    ("https://127\uff0e0\uff0e0\uff0e1/", "url_refused"),  # full-width full stop
    ("https://127\uff610\uff610\uff611/", "url_refused"),  # half-width ideographic full stop
    ("https://\u0661\u0662\u0667.0.0.1/", "url_refused"),  # Arabic-Indic digits
    ("https://\uff11\uff12\uff17.0.0.1/", "url_refused"),  # full-width digits
    ("https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", "url_refused"),  # circled digits
    ("https://loc\u00adalhost/", "url_refused"),  # soft hyphen, dropped by IDNA
    ("https://\u24c1ocalhost/", "url_refused"),
    ("https://b\u00fccher.example/", "url_refused"),  # must be written xn--bcher-kva
    # IPv6
    ("https://[::1]/", "address_refused"),
    ("https://[0:0:0:0:0:0:0:1]/", "address_refused"),
    ("https://[::]/", "address_refused"),
    ("https://[::ffff:127.0.0.1]/", "address_refused"),
    ("https://[::ffff:7f00:1]/", "address_refused"),
    ("https://[0:0:0:0:0:ffff:a9fe:a9fe]/", "address_refused"),
    ("https://[::ffff:0:127.0.0.1]/", "address_refused"),  # IPv4-translated
    ("https://[::127.0.0.1]/", "address_refused"),  # IPv4-compatible
    ("https://[64:ff9b::127.0.0.1]/", "address_refused"),
    ("https://[64:ff9b::a9fe:a9fe]/", "address_refused"),
    ("https://[64:ff9b:1::10.0.0.1]/", "address_refused"),
    ("https://[2002:7f00:1::]/", "address_refused"),  # 6to4 of 127.0.0.1
    ("https://[2002:a9fe:a9fe::1]/", "address_refused"),
    ("https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", "address_refused"),  # Teredo of 127.0.0.1
    ("https://[2600:1f00::5efe:7f00:1]/", "address_refused"),  # ISATAP
    ("https://[2600:1f00::200:5efe:10.0.0.1]/", "address_refused"),
    ("https://[fc00::1]/", "address_refused"),
    ("https://[fd00:ec2::254]/latest/meta-data/", "address_refused"),
    ("https://[fd20:ce::254]/", "address_refused"),  # Google Cloud metadata
    ("https://[fe80::1]/", "address_refused"),
    ("https://[fec0::1]/", "address_refused"),
    ("https://[ff02::1]/", "address_refused"),
    ("https://[100::1]/", "address_refused"),
    ("https://[2001:db8::1]/", "address_refused"),
    ("https://[3fff::1]/", "address_refused"),
    ("https://[2001:2::1]/", "address_refused"),  # benchmarking
    ("https://[2001:10::1]/", "address_refused"),  # ORCHID
    ("https://[5f00::1]/", "address_refused"),
    ("https://[4000::1]/", "address_refused"),  # not assigned
    ("https://[fe80::1%25eth0]/", "host_refused"),
    ("https://[fe80::1%eth0]/", "host_refused"),
    ("https://[2606:4700::1111%25lo]/", "host_refused"),
    # brackets
    ("https://[127.0.0.1]/", "host_refused"),
    ("https://[localhost]/", "host_refused"),
    ("https://[::1/", "host_refused"),
    ("https://::1]/", "host_refused"),
    ("https://::1/", "host_refused"),
    ("https://[[::1]]/", "host_refused"),
    ("https://[::1]evil.example/", "host_refused"),
    ("https://evil.example[::1]/", "host_refused"),
    ("https://[]/", "host_refused"),
    ("https://[v1.fe80]/", "host_refused"),
    ("https://[::1]:/", "port_refused"),
    # user information
    ("https://subscriber.example@127.0.0.1/", "url_refused"),
    ("https://user:password@subscriber.example/", "url_refused"),
    ("https://@subscriber.example/", "url_refused"),
    ("https://127.0.0.1:443@subscriber.example/", "url_refused"),
    ("https://subscriber.example%40127.0.0.1/", "host_refused"),
    # what parsers read differently
    ("https://subscriber.example\\@127.0.0.1/", "url_refused"),
    ("https:\\\\127.0.0.1/", "url_refused"),
    ("https://127.0.0.1\\.subscriber.example/", "url_refused"),
    ("https://subscriber.example#@127.0.0.1/", "url_refused"),
    ("https://subscriber.example/#fragment", "url_refused"),
    ("https://127.0.0.1#.subscriber.example/", "url_refused"),
    ("https://127.0.0.1 .subscriber.example/", "url_refused"),
    (" https://subscriber.example/", "url_refused"),
    ("https://subscriber.example/ ", "url_refused"),
    ("https://local\thost/", "url_refused"),
    ("https://local\nhost/", "url_refused"),
    ("https://subscriber.example/\r\nhost: inside", "url_refused"),
    ("https://subscriber.example/\x00", "url_refused"),
    ("https://subscriber.example/\x7f", "url_refused"),
    ("https://%31%32%37.0.0.1/", "host_refused"),
    ("https://localhost%00.subscriber.example/", "host_refused"),
    ("https://%6c%6f%63%61%6c%68%6f%73%74/", "host_refused"),
    ("https://loc%E2%80%8Balhost/", "host_refused"),
    ("https:///path", "host_refused"),
    ("https://", "host_refused"),
    ("https:/127.0.0.1/", "url_refused"),
    ("https:127.0.0.1", "url_refused"),
    ("//127.0.0.1/", "url_refused"),
    ("127.0.0.1", "url_refused"),
    ("", "url_refused"),
    ("https://?@127.0.0.1/", "host_refused"),
    ("https://-subscriber.example/", "host_refused"),
    ("https://sub_scriber.example/", "host_refused"),
    ("https://*.example/", "host_refused"),
    ("https://" + "a" * 64 + ".example/", "host_refused"),
    ("https://" + "a." * 130 + "example/", "host_refused"),
    ("https://subscriber.example/" + "a" * 2048, "url_refused"),
    # ports
    ("https://subscriber.example:0/", "port_refused"),
    ("https://subscriber.example:65536/", "port_refused"),
    ("https://subscriber.example:0443/", "port_refused"),
    ("https://subscriber.example:/", "port_refused"),
    ("https://subscriber.example:443:80/", "port_refused"),
    ("https://subscriber.example:-443/", "port_refused"),
    ("https://subscriber.example:\u0664\u0664\u0663/", "url_refused"),
    ("https://subscriber.example:4%343/", "host_refused"),
    # names of the inside
    ("https://localhost/", "host_refused"),
    ("https://LOCALHOST/", "host_refused"),
    ("https://app.localhost/", "host_refused"),
    ("https://localhost.localdomain/", "host_refused"),
    ("https://metadata/computeMetadata/v1/", "host_refused"),
    ("https://metadata.google.internal/", "host_refused"),
    ("https://METADATA.google.INTERNAL/", "host_refused"),
    ("https://instance-data/latest/meta-data/", "host_refused"),
    ("https://instance-data.ec2.internal/", "host_refused"),
    ("https://ip-10-0-0-1.eu-central-1.compute.internal/", "host_refused"),
    ("https://metadata.tencentyun.com/", "host_refused"),
    ("https://printer.local/", "host_refused"),
    ("https://kubernetes.default.svc/", "host_refused"),
    ("https://kubernetes.default.svc.cluster.local/", "host_refused"),
    ("https://router.home.arpa/", "host_refused"),
    ("https://intranet/", "host_refused"),
    # schemes
    ("ftp://subscriber.example/", "scheme_refused"),
    ("file:///etc/passwd", "scheme_refused"),
    ("gopher://127.0.0.1:6379/_x", "scheme_refused"),
    ("unix://var/run/docker.sock", "scheme_refused"),
    ("javascript:alert(1)", "url_refused"),
    ("jar:https://subscriber.example!/", "url_refused"),
]  # fmt: skip

LEGITIMATE = [
    ("https://subscriber.example.com", "subscriber.example.com", 443, "/"),
    ("https://subscriber.example.com/", "subscriber.example.com", 443, "/"),
    ("HTTPS://Subscriber.Example.COM/Hook", "subscriber.example.com", 443, "/Hook"),
    ("https://subscriber.example.com:8443/a?b=c&d=%20", "subscriber.example.com", 8443, "/a?b=c&d=%20"),
    ("https://subscriber.example.com?x=1", "subscriber.example.com", 443, "/?x=1"),
    ("https://subscriber.example.com/@user/a:b;c=d,e!f$g'h(i)*j+k", "subscriber.example.com", 443,
     "/@user/a:b;c=d,e!f$g'h(i)*j+k"),
    ("https://subscriber.example.com/?to=https://127.0.0.1/", "subscriber.example.com", 443,
     "/?to=https://127.0.0.1/"),
    ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
    ("https://3com.example/", "3com.example", 443, "/"),
    ("https://0x7f.1.example/", "0x7f.1.example", 443, "/"),
    ("https://127.0.0.1.example.com/", "127.0.0.1.example.com", 443, "/"),
    ("https://localhost.example.com/", "localhost.example.com", 443, "/"),
    ("https://internal.example.com/", "internal.example.com", 443, "/"),
    ("https://a--b.example/", "a--b.example", 443, "/"),
    ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
    ("https://172.32.0.1/", "172.32.0.1", 443, "/"),
    ("https://100.128.0.1/", "100.128.0.1", 443, "/"),
    ("https://[2606:4700:4700::1111]/", "2606:4700:4700::1111", 443, "/"),
    ("https://[2606:4700:4700:0:0:0:0:1111]:8443/", "2606:4700:4700::1111", 8443, "/"),
    ("https://hooks.slack.com/services/T0/B0/x", "hooks.slack.com", 443, "/services/T0/B0/x"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "code"), HOSTILE)
def test_hostile_spelling_is_refused_even_where_every_port_and_http_are_allowed(url: str, code: str) -> None:
    with pytest.raises(GuardError) as refusal:
        check_url(url, OPEN)
    assert refusal.value.code == code
    assert problem_with(url, OPEN) == refusal.value.detail


@pytest.mark.parametrize(("url", "host", "port", "target"), LEGITIMATE)
def test_legitimate_url_is_accepted_in_its_parts(url: str, host: str, port: int, target: str) -> None:
    checked = check_url(url, EgressPolicy())
    assert (checked.scheme, checked.host, checked.port, checked.target) == ("https", host, port, target)
    assert problem_with(url, EgressPolicy()) is None


def test_the_table_has_no_spelling_twice() -> None:
    urls = [url for url, _ in HOSTILE]
    assert len(urls) == len(set(urls)) >= 90


def test_http_is_refused_unless_the_policy_allows_it() -> None:
    with pytest.raises(GuardError) as refusal:
        check_url("http://subscriber.example.com:8443/", EgressPolicy())
    assert refusal.value.code == "scheme_refused"
    assert check_url("http://subscriber.example.com/", OPEN).port == 80


@pytest.mark.parametrize("port", [22, 25, 80, 6379, 9200])
def test_port_outside_the_list_is_refused(port: int) -> None:
    with pytest.raises(GuardError) as refusal:
        check_url(f"https://subscriber.example.com:{port}/", EgressPolicy())
    assert refusal.value.code == "port_refused"


def test_allowed_networks_let_in_their_addresses_and_no_others() -> None:
    policy = EgressPolicy(allow_http=True, allowed_ports=None, allowed_cidrs=("127.0.0.0/8",))
    assert check_url("http://127.0.0.1:9000/", policy).port == 9000
    assert check_url("http://localhost:9000/", policy).host == "localhost"
    for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:127.0.0.1]/", "http://[::1]/"):
        with pytest.raises(GuardError):
            check_url(url, policy)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://shop.example/a", "shop.example"),
        ("https://shop.example:443/", "shop.example"),
        ("https://shop.example:8443/", "shop.example:8443"),
        ("http://shop.example:80/", "shop.example"),
        ("http://shop.example:443/", "shop.example:443"),
        ("https://8.8.8.8/", "8.8.8.8"),
        ("https://[2606:4700:4700::1111]/", "[2606:4700:4700::1111]"),
        ("https://[2606:4700:4700::1111]:8443/", "[2606:4700:4700::1111]:8443"),
    ],
)
def test_the_host_header_names_a_port_that_is_not_the_usual_one(url: str, host: str) -> None:
    assert check_url(url, OPEN).host_header == host
