#!/usr/bin/env python3
"""Writes a dump of a helpdesk: generate.py ROWS > dump.sql

ROWS rows of contact data and phones, of ROWS * 0.3 people, in the order of the rows' ids, as mariadb-dump writes them.
The rows of a person are anywhere in the dump. The same ROWS give the same dump.
"""

import random
import sys

rows = int(sys.argv[1])
people = max(1, rows * 3 // 10)
rng = random.Random(20140228)
write = sys.stdout.write

FIELDS = ", ".join(f"`field_{n}` longtext" for n in range(1, 11))
NULLS = {count: ",NULL" * count for count in range(11)}
CITIES = ["London", "York", "Zürich", "São Paulo", "München", "Kraków", "東京"]
STREETS = ["High St", "Bahnhofstraße", "O\\'Connell St", "Rue de l\\'Église", "Main Rd"]
COMMENTS = ["", "", "", "", "", "home", "work", "it\\'s private", "büro"]


def contact(n):
    kind = rng.random()
    comment = rng.choice(COMMENTS)
    if kind < 0.35:
        return f"'website','{comment}','http://www.example.com/people/{n}/{rng.randrange(1000)}'{NULLS[9]}"
    if kind < 0.6:
        street, city = rng.choice(STREETS), rng.choice(CITIES)
        return (
            f"'address','{comment}','{rng.randrange(200)} {street}','{city}','',"
            f"'{rng.randrange(10000, 99999)}','United Kingdom'{NULLS[5]}"
        )
    if kind < 0.7:
        return f"'instant_message','{comment}','user{n}','{rng.choice(['aim', 'icq', 'skype', 'gtalk'])}'{NULLS[8]}"
    if kind < 0.8:
        return f"'skype','{comment}','user.{n}'{NULLS[9]}"
    if kind < 0.9:
        return f"'twitter','{comment}','user_{n}','{rng.randrange(2)}'{NULLS[8]}"
    name = rng.choice(["facebook", "linked_in"])
    return f"'{name}','{comment}','https://www.{name}.com/in/user{n}','user{n}'{NULLS[8]}"


def insert(table, values):
    """Writes rows in statements of about a megabyte."""
    size = 0
    for value in values:
        write(f"INSERT INTO `{table}` VALUES\n" if size == 0 else ",\n")
        write(value)
        size += len(value)
        if size > 1 << 20:
            write(";\n")
            size = 0
    if size:
        write(";\n")


write("-- MariaDB dump 10.19  Distrib 10.11.14-MariaDB, for debian-linux-gnu (x86_64)\n")
write("/*!40101 SET NAMES utf8mb4 */;\n")
write(
    "CREATE TABLE `people_contact_data` (`id` int(11) NOT NULL AUTO_INCREMENT, `person_id` int(11) DEFAULT NULL, "
    f"`contact_type` varchar(80) NOT NULL, `comment` varchar(255) NOT NULL, {FIELDS}, PRIMARY KEY (`id`));\n"
)
phones = rows // 5
insert("people_contact_data", (f"({n},{rng.randrange(people) + 1},{contact(n)})" for n in range(1, rows - phones + 1)))
write(
    "CREATE TABLE `phone_numbers` (`id` int(11) NOT NULL, `person_id` int(11) DEFAULT NULL, `number` varchar(30), "
    "`ext` varchar(30), `label` varchar(100), `guessed_type` varchar(30), `region` varchar(10));\n"
)
insert(
    "phone_numbers",
    (
        f"({n},{rng.randrange(people) + 1},'+441632{rng.randrange(10**6):06}',NULL,'{rng.choice(COMMENTS)}',NULL,NULL)"
        for n in range(1, phones + 1)
    ),
)
write("-- Dump completed on 2026-01-01  0:00:00\n")
