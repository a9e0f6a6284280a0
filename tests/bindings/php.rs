//! The PHP package, by its own tests.

use std::process::Command;

use testkit::payloads::Class;

use super::{has_php, library, payload_lines, php_package, run};
use crate::harness::Workdir;

#[test]
fn phpunit_compares_fifty_thousand_payloads_with_the_command() {
    if !has_php(&["phpunit"], "the PHP package") {
        return;
    }
    let dir = Workdir::new();
    let counts = [(Class::Plain, 15_000), (Class::Odd, 15_000), (Class::Hostile, 20_000)];
    dir.write("payloads", payload_lines(23, counts));
    let expected = dir.run("--from form --on-error emit --losses losses -q payloads", "");
    dir.write("outputs", &expected.out);
    let output = run(Command::new("phpunit")
        .arg("--configuration")
        .arg(php_package().join("phpunit.xml"))
        .arg("--do-not-cache-result")
        .env("DESKPRO_CONTACT_LIBRARY", library())
        .env("DESKPRO_CONTACT_COMPARED", dir.path("")));
    let text = String::from_utf8_lossy(&output.stdout);
    // Nothing was skipped.
    assert!(text.contains("\nOK ("), "{text}");
}

#[test]
fn the_options_of_the_bindings_are_those_of_the_command() {
    if !has_php(&[], "the PHP package") {
        return;
    }
    let autoload = php_package().join("autoload.php");
    let script = format!(
        "require '{}'; try {{ new DeskproContact\\Converter(['' => true]); }} \
         catch (DeskproContact\\ContactException $why) {{ echo $why->reason; }}",
        autoload.display(),
    );
    let output = run(Command::new("php").args(["-r", &script]).env("DESKPRO_CONTACT_LIBRARY", library()));
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.strip_prefix("expected one of ").unwrap().strip_suffix(", found \"\"").unwrap();
    let help = Workdir::new().run("--help", "").exits(0);
    assert!(names.split(", ").count() >= 10, "{names}");
    for name in names.split(", ") {
        assert!(help.text().contains(&format!("--{name}")), "--{name}");
    }
}
