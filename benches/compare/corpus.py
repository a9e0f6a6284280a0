#!/usr/bin/env python3
"""Generates the corpus of the comparison, one payload per line. Seed and number determine it, with any Python 3.

    corpus.py [--v2] [--payloads N] [--seed N]

The payloads are people with one to seven contacts of every type. In 60 % of them the brackets are encoded (`%5B`, as PHP
and most clients write them). With --v2 the same people are v2 bodies, and 40 % of these are escaped as PHP's
json_encode does by default (`\\/`, `\\u00e9`).

All programs of the comparison read the corpus with equal results. Whatever some of them read differently is left out:
repeated and interleaved names, `%5b` in lower case, keys other than 1, 2, 3 …, fields in another order, bytes that are
not UTF-8, and rejected records and items.
"""

import argparse
import json
import random
import sys
from urllib.parse import quote, quote_plus

FIRST = """Ann Bob Carol David Elena Farid Grace Hana Ivo Joanne Karl Linda Mehmet Nora Oskar Priya Quentin Rosa Steven
Thomas Ursula Victor Wei Yusuf Chloé Søren Zoë 花子 Ольга""".split()
LAST = """Andersson Bloggs Clark Dubois Evans Fernandes Garcia Haddad Ibrahim Johnson Kowalski Lopez Martin Novak O'Brien
Papadopoulos Quinn Rossi Smith Takahashi Ueda Vargas Williams Xu Young Zimmermann Müller Nguyễn 山田 Иванова""".split()
HANDLE = ["annb", "bob.clark", "carol_e", "d.evans", "elena.fernandes", "farid", "grace.h", "joanne-bloggs", "k.lopez",
          "linda.martin", "mehmet", "nora.quinn", "oskar_r", "priya.smith", "steven.t", "thomas.young", "zoë", "müller"]
COMPANY = """Acme & Sons|Northwind Traders|Müller GmbH|Globex|Initech, Inc.|Umbrella|Stark Industries|Wayne Enterprises
Société Générale de Test|Hooli|日本テスト株式会社|Vandelay Industries|A/S Søndergaard|"The Shop"|Cyberdyne""".replace(
    "\n", "|").split("|")
STREET = ["Testing Street", "High Street", "Rue de l'Église", "Hauptstraße", "Calle Mayor", "Market St., Apt. 4",
          "Broadway\r\nSuite 100", "Station Road", "King's Road", "Church Lane", "Park Avenue", "千代田区丸の内"]
CITY = [("London", "Greater London", "SW1A 1AA", "United Kingdom"), ("Paris", "", "75001", "France"),
        ("München", "Bayern", "80331", "Deutschland"), ("Austin", "TX", "78701", "USA"),
        ("São Paulo", "SP", "01310-100", "Brasil"), ("東京", "", "100-0001", "日本"),
        ("Portland", "OR", "97201-4321", "United States"), ("Göteborg", "", "411 03", "Sweden")]
DOMAIN = ["example.com", "example.org", "mail.example.net", "shop.example.co.uk", "bücher.example"]
LABEL = ["vip", "newsletter", "trial", "churned", "beta tester", "Größe L", "2019 import", "a/b", "needs follow-up"]
COMMENT = ["home", "work", "business", "private", "main office", "do not call", "Büro", "old one?", "since 2014", ""]
SERVICE = ["aim", "msn", "icq", "skype", "gtalk", "other"]
# (type, of 100)
WEIGHTS = [("address", 18), ("website", 14), ("instant_message", 12), ("skype", 8), ("phone", 20), ("twitter", 10),
           ("linked_in", 9), ("facebook", 9)]
KINDS = [kind for kind, weight in WEIGHTS for _ in range(weight)]
V2_KINDS = [{"skype": "instant_message", "phone": "apple"}.get(kind, kind) for kind in KINDS]
V2_RARE = ["apple", "trust_pilot", "instagram"]


class People:
    def __init__(self, seed):
        # Only the results of `random()` are guaranteed to be equal in every version of Python.
        self.random = random.Random(seed).random

    def below(self, n):
        return int(self.random() * n)

    def chance(self, percent):
        return self.random() * 100 < percent

    def pick(self, of):
        return of[int(self.random() * len(of))]

    def few(self):
        """0 to 6; small numbers are more frequent."""
        return min(self.below(7), self.below(7))

    def person(self):
        """The fields other than contact data, in order."""
        first, last = self.pick(FIRST), self.pick(LAST)
        self.handle = f"{self.pick(HANDLE)}{self.below(10000)}"
        fields = [("name", f"{first} {last}"), ("email", f"{self.handle}@{self.pick(DOMAIN)}")]
        if self.chance(60):
            fields.append(("organization", self.pick(COMPANY)))
        if self.chance(50):
            fields.append(("labels", [self.pick(LABEL) for _ in range(1 + self.below(3))]))
        return fields

    def address(self):
        city, state, postcode, country = self.pick(CITY)
        data = {"address": f"{1 + self.below(300)} {self.pick(STREET)}", "city": city, "state": state,
                "zip": postcode, "country": country}
        if self.chance(1):
            return {"country": country}
        for name in list(data):
            if name != "city" and self.chance(5):
                del data[name]
        return data

    def url(self):
        url = f"http{'s' if self.chance(70) else ''}://{self.pick(['www.', 'blog.', ''])}{self.pick(DOMAIN)}/"
        if self.chance(50):
            url += f"{self.handle}/"
        if self.chance(20):
            url += f"?ref={self.below(100000)}&lang=en#top"
        return url

    def profile(self, site):
        return f"https://www.{site}/{quote(self.handle) if self.chance(30) else self.handle}"

    def record(self):
        """A legacy record: its type, comment and data."""
        kind = self.pick(KINDS)
        if kind == "address":
            data = self.address()
        elif kind == "website":
            data = {"url": self.url()}
        elif kind == "instant_message":
            service = self.pick(["Skype", "yim", "AIM", "google talk"]) if self.chance(10) else self.pick(SERVICE)
            data = {"service": service, "username": self.handle}
            kind = "im" if self.chance(50) else kind
        elif kind == "skype":
            data = {"username": self.handle}
        elif kind == "phone":
            data = {"country_calling_code": self.pick(["44", "1", "49", "044", "33"]),
                    "number": f"{20 + self.below(70)} {1000 + self.below(9000)} {1000 + self.below(9000)}",
                    "type": self.pick(["phone", "mobile", "fax"])}
        elif kind == "twitter":
            data = {"username": f"@{self.handle}"}
            if self.chance(40):
                data["display_feed"] = self.pick(["1", "0", "1", ""])
        elif kind == "linked_in":
            data = {"profile_url": self.profile("linkedin.com/in")}
            kind = "linkedin" if self.chance(10) else kind
        else:
            data = {"profile_url": self.profile("facebook.com")}
        if self.chance(2):
            data["imported_from"] = "crm 1.2"
        return kind, self.pick(COMMENT) if self.chance(40) else None, data

    def payload(self):
        """A legacy payload."""
        is_encoded = self.chance(60)
        opening, closing = ("%5B", "%5D") if is_encoded else ("[", "]")
        encode = quote_plus if self.chance(80) else quote
        pairs = []
        for name, value in self.person():
            if isinstance(value, list):
                pairs += [f"{name}{opening}{closing}={encode(text)}" for text in value]
            else:
                pairs.append(f"{name}={encode(value)}")
        for n in range(1, 2 + self.few()):
            kind, comment, data = self.record()
            base = f"contact_data{opening}{n}{closing}{opening}"
            pairs.append(f"{base}type{closing}={kind}")
            if comment is not None:
                pairs.append(f"{base}comment{closing}={encode(comment)}")
            for field, value in data.items():
                pairs.append(f"{base}data{closing}{opening}{field}{closing}={encode(value)}")
        return "&".join(pairs)

    def item(self):
        """A v2 item and its type."""
        kind = self.pick(V2_KINDS) if self.chance(95) else self.pick(V2_RARE)
        if kind == "address":
            data = {name: text for name, text in self.address().items() if name != "country"}
            data = {name: data.get(name, "") for name in ("address", "city", "state", "zip")}
            data["city"] = data["city"] or self.pick(CITY)[0]
        elif kind == "website":
            data = {"url": self.url()}
        elif kind == "instant_message":
            data = {"service": "whatsapp" if self.chance(15) else self.pick(SERVICE), "username": self.handle}
        elif kind == "twitter":
            data = {"username": f"@{self.handle}", "display_feed": self.chance(50)}
        elif kind == "linked_in":
            data = {"url": self.profile("linkedin.com/in")}
        elif kind == "facebook":
            data = {"url": self.profile("facebook.com")}
        else:
            data = {"username": self.handle}
            if kind == "instagram":
                data["instagram_id"] = str(self.below(1 << 30))
        return kind, data

    def body(self):
        """A v2 body."""
        is_escaped = self.chance(40)
        fields = dict(self.person())
        items = {}
        for _ in range(1 + self.few()):
            kind, item = self.item()
            items.setdefault(kind, []).append(item)
        body = json.dumps({**fields, "contact_data": items}, ensure_ascii=is_escaped, separators=(",", ":"))
        return body.replace("/", "\\/") if is_escaped else body


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--v2", action="store_true", help="v2 bodies instead of legacy payloads")
    arguments.add_argument("--payloads", type=int, default=200_000)
    arguments.add_argument("--seed", type=int, default=4)
    asked = arguments.parse_args()
    people = People(asked.seed)
    line = people.body if asked.v2 else people.payload
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n", closefd=False)
    for _ in range(asked.payloads):
        out.write(line() + "\n")
    out.flush()


if __name__ == "__main__":
    main()
