#!/usr/bin/env python3
"""Judges which phone numbers `convert --profile extended` writes, by Google's Python port of libphonenumber.

    pip install phonenumbers==9.0.42
    tests/phones/judge.py record                    # writes tests/phones/numbers.jsonl
    tests/phones/judge.py compare CONVERT COUNT [SEED]  # compares COUNT generated numbers with the command's output

The crate rlibphonenumber 2.2.15 has the metadata of libphonenumber 9.0.42, as its README says, and so has the Python
port 9.0.42. Both versions are pinned: another pair must be recorded again.

A number must be written if it is valid and not ambiguous, and only then. `ambiguous` decides this from the contract,
not from the library's code.
"""

import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import urllib.parse

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

VERSION = "9.0.42"
RECORDED = pathlib.Path(__file__).with_name("numbers.jsonl")
COUNT = 2000
SEED = 20

# Numbers that are known to be read wrongly elsewhere: code, number, region.
KNOWN = [
    ("", "(201) 555-0494", None),
    ("", "600 123 490 x12", None),
    ("49", "030 1234567 DW 12", None),
    ("49", "30 1234567 / 8", None),
    ("49", "30 1234567/8", None),
    ("49", "030 12345/67890", None),
    ("44", "0044 20 7946 0018", None),
    ("1", "0044 20 7946 0018", None),
    ("44", "+1 201 555 0123", None),
    ("44", "(+44) 20 7946 0018", None),
    ("39", "06 1234567", None),
    ("39", "6 1234567", None),
    ("49", "49 30 1234567", None),
    ("49", "49 1512 3599339", None),
    ("1", "1 201 555 0123", None),
    ("4", "42079460018", None),
    ("1684", "633 1234", None),
    ("44", "020 7946 0018;ext=12", None),
    ("44", "020 7946 0018 #12", None),
    ("44", "020 7946 0018,,12", None),
    ("1", "(530) 583-6985 x302/x2303", None),
    ("", "020 7946 0018", "GB"),
    ("", "011 44 20 7946 0018", "US"),
    ("", "44 20 7946 0018", "GB"),
    ("49", "30 1234567 x8#9", None),
    ("49", "30 1234567 x 8,9", None),
    ("49", "30 1234567 - 8#", None),
    ("44", "020 7946 0018;02079460019", None),
    ("44", "020 7946 0018,79460019", None),
    ("43", "01 512345;512346", None),
    ("43", "01 51234-01 51235", None),
    ("43", "01 512345 512346", None),
    ("49", "030 1234567 (8)", None),
    ("49", "030 1234567／8", None),
    ("49", "030 1234567*8", None),
    ("1", "530 583-6985 #302\\x2303", None),
    ("49", "049 1512 3599339", None),
    ("49", "+49 49 1512 3599339", None),
    ("49", "04941 123456", None),
    ("49", "４９ 1512 3599339", None),
    ("39.0", "345 1234567", None),
    ("39", "(0)345 1234567", None),
    ("44 (0)", "20 7946 0018", None),
    ("4", "0044 20 7946 0018", None),
    ("", "001 45 86 12 34 56", "SG"),
]


def calling_code(code):
    """The digits of a code without leading zeros; None if it is not a code."""
    groups = [group for group in re.split(r"[^0-9\s().-]", code) if re.search(r"[0-9]", group)]
    if not groups:
        return "" if re.fullmatch(r"[\s().+-]*", code) else None
    digits = re.sub(r"[^0-9]", "", groups[0]).lstrip("0")
    return digits if len(groups) == 1 and len(digits) <= 7 else None


def parsed(text, region=None):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def e164(number):
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def read(code, number, region):
    """The number as libphonenumber reads it; None if it is not valid."""
    text = number.strip()
    # The form in which restoring writes a number of v2: the port reads an extension after `x` up to nine digits, but v2
    # takes longer ones.
    own = re.fullmatch(r"(\+[0-9]+) x([0-9]+)", text)
    if own and (found := parsed(own[1])) and e164(found) == own[1]:
        found.extension = own[2]
        return found
    if text[:1] in ("+", "＋"):
        return parsed("+" + text[1:])
    if text.startswith("00"):
        return parsed("+" + text[2:])
    digits = calling_code(code)
    if digits is None or not text:
        return None
    if digits:
        return parsed(f"+{digits} {text}")
    return parsed(text, region) if region else None


def digits_of(text):
    return "".join(str(int(char)) for char in text if char.isdecimal())


def ascii_digits(text):
    return "".join(str(int(char)) if char.isdecimal() else char for char in text)


def ambiguous(code, number, region):
    """Whether the contract calls a number ambiguous."""
    text = number.strip()
    words = re.findall(r"[^\W\d_]+", text)
    marks = [word for word in words if word.lower() in ("x", "ext")]
    if len(marks) != len(words) or len(marks) > 1:
        return True
    if marks and not re.search(r"\d", text[: text.lower().index(marks[0].lower())]):
        return True
    if re.search(r"\s[/／,]\s|[*\\]", text) or re.search(r"[+＋]", text[1:]):
        return True
    found = read(code, number, region)
    if found is None:
        return False

    def differs(other):
        return other is not None and e164(other) != e164(found)

    # The number must stand before the mark of its extension, and the extension must be all that stands behind.
    if marks and not found.extension:
        return True
    at = re.search(r"[^\W\d_]" if marks else r"[#~;,]", text)
    if at and (marks or found.extension):
        before = read(code, text[: at.start()], region)
        if before is None or before.extension or differs(before):
            return True
        if digits_of(text[at.start() :]) != digits_of(found.extension):
            return True
        if not marks and len(found.extension) > 4:
            return True
    is_international = text[:1] in ("+", "＋") or text.startswith("00")
    # More than one number: a short rest after a slash, or a slash after more than an area code.
    for at in (match.start() for match in re.finditer("[/／]", text)):
        before, after = digits_of(text[:at]), digits_of(text[at:])
        if len(after) < 4 or len(before) > (11 if is_international else 6):
            return True
    sent = calling_code(code)
    own = str(found.country_code)
    if is_international:
        if text.startswith("00"):
            written = e164(found)[1:]
            is_sent = sent and re.match(own + "(0*$)?", sent) and (written.startswith(sent) or re.fullmatch(own + "0*", sent))
            if sent != "" and not is_sent:
                return True
            if sent == "" and region and differs(parsed(text, region)):
                return True
    elif sent:
        if not sent.startswith(own):
            # The code is only a part of that of a country.
            return True
        if re.fullmatch(own + "0+", sent) and differs(parsed(f"+{own} {text}")):
            return True
    groups = [group for group in (digits_of(group).lstrip("0") for group in re.split(r"[^0-9]+", ascii_digits(text))) if group]
    digits = digits_of(text)
    if is_international:
        if groups[:2] == [own, own] and differs(parsed("+" + digits.lstrip("0")[len(own) :])):
            return True
    else:
        codes = {own, sent or own}
        if groups[0] in codes or any(digits.startswith(code) for code in codes):
            if differs(parsed("+" + digits.lstrip("0"))):
                return True
    if "(0)" in text and differs(read(code, text.replace("(0)", "", 1), region)):
        return True
    # Two numbers, of which the second has a zero in front or looks like the first, or an extension in brackets.
    for match in re.finditer(r"\D", text):
        first, sign, second = text[: match.start()], match.group(), text[match.end() :]
        if len(digits_of(first)) < 5 or re.search(r"[^\W\d_]", first):
            continue
        one = read(code, first, region)
        if one is None or one.extension:
            continue
        if sign in "([（［":
            return True
        if len(digits_of(second)) < 5 or len(digits) < 12:
            continue
        if second[:1] in ("0", "０") and parsed(f"+{one.country_code} {second}"):
            return True
        last = re.findall(r"\d+", first)[-1]
        if second.isdecimal() and len(second) == len(last) and second[:2] == last[:2]:
            return True
    return False


def generated(rng):
    """A code, a number and a region, as people write them, or broken."""
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    region = rng.choice(regions + ["GB", "DE", "US", "FR", "IT", "AT"] * 20)
    kinds = [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP]
    example = phonenumbers.example_number_for_type(region, rng.choice(kinds)) or phonenumbers.example_number(region)
    national = str(example.national_number)
    # Other digits at the end: often still a number of the same kind.
    keep = len(national) - rng.randrange(0, min(6, len(national)))
    national = national[:keep] + "".join(rng.choice("0123456789") for _ in national[keep:])
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code,
        national_number=int(national),
        italian_leading_zero=example.italian_leading_zero,
        number_of_leading_zeros=example.number_of_leading_zeros,
    )
    style = rng.choice([PhoneNumberFormat.NATIONAL] * 5 + [PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164])
    text = phonenumbers.format_number(number, style)
    if style == PhoneNumberFormat.NATIONAL and rng.random() < 0.4:
        text = phonenumbers.national_significant_number(number)
    own = str(example.country_code)
    code = rng.choice([own] * 8 + ["+" + own, "0" + own, "00" + own, "", "", "0", " " + own, own + " ", "(" + own + ")"])
    code = rng.choice([code] * 20 + [rng.choice(["1", "44", "49", "33", "7", own[:-1], own + "0", "GB", own + "/1"])])
    if rng.random() < 0.08:
        text = rng.choice(["00", "+", "00 ", "0", own, own + " "]) + text
    if rng.random() < 0.12:
        mark = rng.choice(["x", " x", " x ", " ext ", " ext. ", "ext", " X", ",,", " #", "~", ";ext=", " extn ", " DW ", ", "])
        text += mark + str(rng.randrange(10 ** rng.randrange(1, 11)))
    if rng.random() < 0.10:
        text += rng.choice([" / 8", "/8", " /8", " , 9", " +1", ";", " " + text, "/" + text, " or " + text, " (home)", "-0"])
    if rng.random() < 0.10:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice([" ", "-", ".", "(", ")", "/", "\u00a0", "*", "#", "a", "x", "٣", "５", "–", "'", ""]) + text[at:]
    if rng.random() < 0.06:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(["", "0", "9", text[at] * 2]) + text[at + 1 :]
    if rng.random() < 0.05:
        text = rng.choice([" ", "\t", "tel: ", "(0)"]) + text
    text = text.replace("\n", " ")
    return code, text, region if rng.random() < 0.3 else None


def cases(count, seed):
    rng = random.Random(seed)
    known = KNOWN[:count]
    return known + [generated(rng) for _ in range(count - len(known))]


def judged(code, number, region):
    found = read(code, number, region)
    row = {"code": code, "number": number}
    if region:
        row["region"] = region
    # As the command writes a phone of v2 in a form: there the extension may be long.
    own = re.fullmatch(r"(\+[0-9]+) x([0-9]+)", number.strip())
    if own and parsed(own[1]) and e164(parsed(own[1])) == own[1]:
        return row | {"written": own[1], "extension": own[2]}
    if found is None or ambiguous(code, number, region):
        row["ambiguous"] = found is not None
    else:
        row["written"] = e164(found)
        if found.extension:
            row["extension"] = found.extension
    return row


def record():
    rows = [judged(*case) for case in cases(COUNT, SEED)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    RECORDED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    written = sum("written" in row for row in rows)
    print(f"{len(rows)} numbers, {written} written, {sum(row.get('ambiguous', False) for row in rows)} ambiguous")


def compare(convert, count, seed):
    """Converts numbers with the command, region by region, and compares what it writes."""
    by_region = {}
    for case in cases(count, seed):
        by_region.setdefault(case[2], []).append(case)
    counts = {"written": 0, "ambiguous": 0, "not valid": 0}
    differences = []
    for region, rows in by_region.items():
        fields = lambda case: {"type": "phone", "data[country_calling_code]": case[0], "data[number]": case[1]}
        form = "\n".join(urllib.parse.urlencode(fields(case)) for case in rows) + "\n"
        with tempfile.NamedTemporaryFile("w", suffix=".form") as file:
            file.write(form)
            file.flush()
            options = ["--profile", "extended", "--lossy", "--quiet"] + (["--region", region] if region else [])
            run = subprocess.run([convert, *options, file.name], capture_output=True, check=True)
        lines = run.stdout.decode().splitlines()
        if len(lines) != len(rows):
            sys.exit(f"{len(lines)} lines for {len(rows)} payloads")
        for case, line in zip(rows, lines):
            row = judged(*case)
            expected = [{"number": row["written"]}] if "written" in row else []
            if "extension" in row:
                expected[0]["extension"] = row["extension"]
            found = json.loads(line).get("phone_numbers", [])
            counts["written" if expected else "ambiguous" if row["ambiguous"] else "not valid"] += 1
            if found != expected:
                differences.append((case, expected, found))
    for case, expected, found in differences[:20]:
        print(f"{case}: expected {expected}, found {found}")
    print(f"{count} numbers, {counts}, {len(differences)} differences")
    sys.exit(1 if differences else 0)


def main():
    if phonenumbers.__version__ != VERSION:
        sys.exit(f"expected phonenumbers {VERSION}, found {phonenumbers.__version__}")
    match sys.argv[1:]:
        case ["record"]:
            record()
        case ["compare", convert, count, *seed]:
            compare(convert, int(count), int(seed[0]) if seed else SEED)
        case _:
            sys.exit(__doc__)


main()
