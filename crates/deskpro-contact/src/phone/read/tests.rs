use super::read;
use crate::loss::PhoneReason::{self, *};
use crate::phone::{PhoneNumber, Region};

/// Reads a code and a number without a region, and compares the result.
#[track_caller]
fn check(code: &str, number: &str, expected: Result<(&str, &str), PhoneReason>) {
    let found = read(code, number, None);
    let found = found.map(|PhoneNumber { number, extension, .. }| (number, extension.unwrap_or_default()));
    let expected = expected.map(|(number, extension)| (number.to_owned(), extension.to_owned()));
    assert_eq!(found, expected, "{code:?} {number:?}");
}

#[test]
fn the_code_and_the_number_are_one_number() {
    check("44", "20 7946 0018", Ok(("+442079460018", "")));
    for code in ["+44", "0044", "044", " 44 ", "(44)", "+44 (UK)"] {
        check(code, "020 7946 0018", Ok(("+442079460018", "")));
    }
    check("44", "(0)20 7946 0018 ext. 12", Ok(("+442079460018", "12")));
    check("44", "020 7946 0018x012", Ok(("+442079460018", "012")));
    check("1-684", "633 1234", Ok(("+16846331234", "")));
    check("39", "06 1234567", Ok(("+39061234567", "")));
    check("49", "030/1234567", Ok(("+49301234567", "")));
    check("", "+49 30/1234567", Ok(("+49301234567", "")));
    check("1-684-633", "1234", Ok(("+16846331234", "")));
    check("1", "1 201 555 0123", Ok(("+12015550123", "")));
}

#[test]
fn an_international_number_has_precedence_over_the_code() {
    check("", "+44 20 7946 0018", Ok(("+442079460018", "")));
    check("", "0044 20 7946 0018", Ok(("+442079460018", "")));
    check("1", " +44 20 7946 0018", Ok(("+442079460018", "")));
    check("44", "0044 20 7946 0018", Ok(("+442079460018", "")));
    check("1", "0044 20 7946 0018", Err(OtherCountry));
    check("GB", "+44 20 7946 0018", Ok(("+442079460018", "")));
    check("", "+442079460018 x1234567890123", Ok(("+442079460018", "1234567890123")));
}

#[test]
fn a_number_that_could_be_another_one_is_refused() {
    check("44", " ", Err(NoNumber));
    check("", "(201) 555-0494", Err(NoCode));
    check("0", "(201) 555-0494", Err(NoCode));
    check("GB", "020 7946 0018", Err(BadCode));
    check("+", "(201) 555-0494", Err(NoCode));
    check("-", "(201) 555-0494", Err(NoCode));
    check("44/49", "020 7946 0018", Err(BadCode));
    check("4", "42079460018", Err(BadCode));
    check("999", "123456", Err(BadCode));
    check("", "+999 123456", Err(BadCode));
    check("44", "x12", Err(NoNumber));
    check("44", "20 7946 0018 ext", Err(Letters));
    check("44", "20 7946 0018 x1234567890", Err(LongExtension));
    check("44", "1", Err(NotValid));
    check("", "600 123 490 x12", Err(NoCode));
    check("49", "030 1234567 DW 12", Err(Letters));
    check("1", "800 FLOWERS", Err(Letters));
    check("44", "x12 020 7946 0018", Err(Letters));
    check("44", "020 7946 0018 x12 x13", Err(SeveralNumbers));
    check("49", "30 1234567 / 8", Err(Separator));
    check("49", "30 1234567 , 8", Err(Separator));
    check("49", "30 1234567/8", Err(SeveralNumbers));
    check("49", "030 12345/67890", Err(SeveralNumbers));
    check("44", "020 7946 0018; 01632 960124", Err(SeveralNumbers));
    check("44", "020 7946 0018 +12", Err(InnerPlus));
    check("", "++44 20 7946 0018", Err(InnerPlus));
    check("49", "49 1512 3599339", Err(CodeTwice));
    check("49", "49 30 1234567", Err(NotValid));
}

#[test]
fn a_text_that_could_be_another_number_is_refused() {
    // Nothing but the extension follows its mark, and the number precedes it.
    check("49", "30 1234567 x8#9", Err(Letters));
    check("49", "30 1234567 x 8,9", Err(Letters));
    check("49", "30 1234567 - 8#", Err(SeveralNumbers));
    check("44", "020 7946 0018;ext=12", Ok(("+442079460018", "12")));
    check("44", "020 7946 0018,12", Ok(("+442079460018", "12")));
    check("44", "020 7946 0018;02079460019", Err(SeveralNumbers));
    check("44", "020 7946 0018,79460019", Err(SeveralNumbers));
    // Two numbers.
    for number in ["01 51234-01 51235", "(01)51234(01)51235", "01 512345;512346", "01 512345 512346"] {
        check("43", number, Err(SeveralNumbers));
    }
    check("43", "01 512345 678", Ok(("+431512345678", "")));
    // Digits of all scripts have values: `01 512345 678901` is one number, and the second text as well.
    check("43", "01 512345 678901", Ok(("+431512345678901", "")));
    check("43", "０１ ５１２３４５ ６７８９０１", Ok(("+431512345678901", "")));
    check("43", "０１ ５１２３４５ ５１２３４６", Err(SeveralNumbers));
    check("43", "01 512345 ５１２３４６", Err(SeveralNumbers));
    // Signs that the crate passes over.
    check("49", "030 1234567 (8)", Err(SeveralNumbers));
    check("49", "030 1234567／8", Err(SeveralNumbers));
    check("49", "030 1234567*8", Err(Separator));
    check("1", "530 583-6985 #302\\x2303", Err(Separator));
    // The code once more, in other spellings.
    for number in ["049 1512 3599339", "(049) 1512 3599339", "+49 49 1512 3599339", "４９ 1512 3599339"] {
        check("49", number, Err(CodeTwice));
    }
    check("49", "04941 123456", Ok(("+494941123456", "")));
    // A zero that may belong to the number.
    check("39.0", "345 1234567", Err(BadCode));
    check("39", "(0)345 1234567", Err(SeveralNumbers));
    check("44 (0)", "20 7946 0018", Ok(("+442079460018", "")));
    check("4", "0044 20 7946 0018", Err(OtherCountry));
}

#[test]
fn the_code_of_an_international_number_is_compared_whole() {
    let has_code = |code, number| read(code, number, None).unwrap().has_code;
    assert!(has_code("44", "+44 20 7946 0018"));
    assert!(has_code("44 (0)", "+442079460018"));
    assert!(has_code("1684", "+1 684 633 1234"));
    for (code, number) in [("4", "+442079460018"), ("2", "+20 2 12345678"), ("1", "+442079460018 x12")] {
        assert!(!has_code(code, number), "{code} {number}");
    }
}

#[test]
fn a_region_gives_the_code() {
    let region = "GB".parse().ok();
    assert_eq!(read("", "020 7946 0018", region).unwrap().number, "+442079460018");
    assert!("UK".parse::<Region>().is_err());
    assert_eq!(read("1", "201 555 0123", region).unwrap().number, "+12015550123");
    // A number of another country can be a valid one of the region, too.
    assert_eq!(read("", "(201) 555-0494", region).unwrap().number, "+442015550494");
    assert_eq!(read("", "(999) 555-0494", region), Err(NotValid));
    // From Singapore, 001 and 45 is Denmark; 00 and 1458 is Oregon.
    assert_eq!(read("", "001 45 86 12 34 56", "SG".parse().ok()), Err(SeveralNumbers));
}

#[test]
fn only_a_mark_with_one_group_of_digits_is_an_extension_without_a_number() {
    check("44", "x12", Err(NoNumber));
    check("44", "((ext12", Err(NoNumber));
    check("44", "x1 2", Err(Letters));
    check("44", "((ext1 2", Err(Letters));
}
