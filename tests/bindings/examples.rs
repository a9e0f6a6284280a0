//! The examples do what their first lines say: with the installed library, and against a server of the tests.

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::{capi, converted_lines, has, has_php, libraries, library, php_package, run};
use crate::harness::Workdir;
use crate::harness::helpdesk::Helpdesk;
use crate::pages::markdown::blocks;

/// Two people, a payload that is rejected, and a person with a website that the server refuses.
const PEOPLE: &str = "name=Ann&contact_data[1][type]=website&contact_data[1][data][url]=http://example.com\n\
    name=Bob&contact_data[2][type]=skype&contact_data[2][comment]=home&contact_data[2][data][username]=bob\n\
    name=Cem&contact_data=x\n\
    name=Dan&contact_data[1][type]=website&contact_data[1][data][url]=example.net\n";

/// Installs the libraries that Cargo built for the tests.
fn install(dir: &Workdir) {
    run(Command::new(capi().join("install")).arg(dir.path("prefix")).arg(libraries()));
}

/// Compiles an example by the command in its comment.
#[track_caller]
fn compile_example(dir: &Workdir, name: &str) {
    let source = capi().join("examples").join(name).with_extension("c");
    let text = std::fs::read_to_string(&source).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(" *     cc ")).unwrap();
    let line = line.replace(&format!("{name}.c"), source.to_str().unwrap());
    let pkg_config = dir.path("prefix/lib/pkgconfig");
    run(Command::new("sh")
        .args(["-c", &format!("cc -Wall -Wextra -Werror -pedantic -std=gnu11 {line}")])
        .env("PKG_CONFIG_PATH", pkg_config)
        .current_dir(dir.path("")));
}

/// Asserts what a migration sends, keeps and says.
#[track_caller]
fn assert_migrated(output: &Output, helpdesk: &Helpdesk, dir: &Workdir) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert_eq!(
        err,
        "line 3, contact_data: expected an array of records, found \"x\"\nline 4: the server answered 400\n",
    );
    let post = "POST /api/v2/people".to_owned();
    let person =
        |name: &str, contact_data: Value| (post.clone(), json!({"name": name, "contact_data": contact_data}));
    let site = |url: &str| json!({"website": [{"url": url}]});
    let expected = [
        person("Ann", site("http://example.com")),
        person("Bob", json!({"instant_message": [{"service": "skype", "username": "bob"}]})),
        person("Dan", site("example.net")),
    ];
    let requests = helpdesk.requests();
    let found: Vec<_> =
        requests.iter().map(|request| (request.target.clone(), request.body.clone())).collect();
    assert_eq!(found, expected);
    for request in requests {
        assert!(request.headers.contains(&"authorization: key secret".to_owned()), "{request:?}");
        assert!(request.headers.contains(&"content-type: application/json".to_owned()), "{request:?}");
    }
    // The losses are those that the command keeps.
    dir.run("--from form --losses kept people -q", "").exits(1);
    let kept = dir.text("kept");
    let kept = converted_lines(&kept);
    assert_eq!(dir.text("losses").lines().collect::<Vec<_>>(), kept);
    assert!(kept.iter().any(|line| line.contains(r#""value":"home""#)));
}

#[test]
fn the_php_migration_replaces_calls_of_the_legacy_api() {
    if !has_php(&[], "the PHP example") {
        return;
    }
    let (dir, helpdesk) = (Workdir::new(), Helpdesk::open());
    dir.write("people", PEOPLE);
    let mut command = Command::new("php");
    command.arg(php_package().join("examples/migrate.php"));
    command.arg(dir.path("people")).args([&helpdesk.address, "secret"]).arg(dir.path("losses"));
    let command = command.env("DESKPRO_CONTACT_LIBRARY", library()).stdin(Stdio::null());
    assert_migrated(&command.output().unwrap(), &helpdesk, &dir);
    // Kept losses are never overwritten.
    let again = command.output().unwrap();
    assert_eq!((again.status.code(), helpdesk.requests().len()), (Some(2), 3));
}

#[test]
fn the_c_migration_replaces_calls_of_the_legacy_api() {
    if !has(&["cc", "pkg-config"], "the C example") {
        return;
    }
    let (dir, helpdesk) = (Workdir::new(), Helpdesk::open());
    dir.write("people", PEOPLE);
    install(&dir);
    compile_example(&dir, "migrate");
    let (host, port) = helpdesk.address.strip_prefix("http://").unwrap().split_once(':').unwrap();
    let mut command = Command::new(dir.path("migrate"));
    command.arg(dir.path("people")).args([host, port, "secret"]).arg(dir.path("losses"));
    let command = command.env("LD_LIBRARY_PATH", dir.path("prefix/lib")).stdin(Stdio::null());
    assert_migrated(&command.output().unwrap(), &helpdesk, &dir);
    let again = command.output().unwrap();
    assert_eq!((again.status.code(), helpdesk.requests().len()), (Some(2), 3));
}

#[test]
fn the_c_example_converts_lines() {
    if !has(&["cc", "pkg-config"], "the C example") {
        return;
    }
    let dir = Workdir::new();
    dir.write("people", PEOPLE);
    install(&dir);
    compile_example(&dir, "convert_lines");
    let mut command = Command::new(dir.path("convert_lines"));
    let output =
        command.arg(dir.path("people")).env("LD_LIBRARY_PATH", dir.path("prefix/lib")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = dir.run("--from form --losses kept people -q", "").exits(1);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.text());
    let kept = dir.text("kept");
    let message = "line 3, contact_data: expected an array of records, found \"x\"";
    let mut expected = vec![message];
    expected.extend(converted_lines(&kept));
    let err = String::from_utf8(output.stderr).unwrap();
    let mut found: Vec<&str> = err.lines().collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// The first fenced block of a language in the README of the PHP package.
fn readme_block(language: &str) -> String {
    let readme = std::fs::read_to_string(php_package().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Runs the script of the README, which loads the classes by `autoload`.
#[track_caller]
fn run_script(dir: &Workdir, autoload: &str) {
    let script = readme_block("php");
    assert!(script.lines().count() <= 10, "a script that a reader copies at once");
    dir.write("script.php", script.replace("vendor/autoload.php", autoload));
    dir.write("payloads.txt", PEOPLE);
    let php = || {
        let mut command = Command::new("php");
        command.current_dir(dir.path("")).env("DESKPRO_CONTACT_LIBRARY", library());
        command
    };
    let converted = run(php().arg("script.php"));
    let expected = dir.run("--lossy --rejects rejects -q payloads.txt", "").exits(1);
    assert_eq!(String::from_utf8(converted.stdout).unwrap(), expected.text());
    let err = String::from_utf8(converted.stderr).unwrap();
    assert!(err.contains("contact_data: expected an array of records"), "{err}");
    // The losses stand on the line of their body.
    dir.write("bodies.jsonl", expected.text());
    let restore = format!(
        "require '{autoload}'; $converter = new DeskproContact\\Converter();
         $lines = fn ($file) => file($file, FILE_IGNORE_NEW_LINES);
         foreach (array_map(null, $lines('bodies.jsonl'), $lines('losses.txt')) as [$body, $losses]) {{
             echo urldecode($converter->restore($body, $losses)), \"\\n\";
         }}"
    );
    let restored = String::from_utf8(run(php().args(["-r", &restore])).stdout).unwrap();
    let payloads = PEOPLE.lines().filter(|payload| !dir.text("rejects").contains(payload));
    assert_eq!(restored, payloads.map(|payload| format!("{payload}\n")).collect::<String>());
}

#[test]
fn the_script_in_the_readme_of_the_php_package_runs() {
    if has_php(&[], "the script of the PHP package") {
        run_script(&Workdir::new(), php_package().join("autoload.php").to_str().unwrap());
    }
}

#[test]
fn the_php_code_of_the_readme_at_the_top_runs() {
    if !has_php(&[], "the PHP code of README.md") {
        return;
    }
    let (_, script) = blocks("README.md", "php").remove(0);
    let dir = Workdir::new();
    dir.write("script.php", script);
    let mut command = Command::new("php");
    command.arg(dir.path("script.php")).current_dir(testkit::repository());
    let printed = run(command.env("DESKPRO_CONTACT_LIBRARY", library())).stdout;
    assert_eq!(
        String::from_utf8(printed).unwrap(),
        "{\"contact_data\":{\"website\":[{\"url\":\"ann.example\"}]}}\n\
         type=website&comment=home&data%5Burl%5D=ann.example\n"
    );
}

#[test]
fn composer_installs_the_php_package_as_its_readme_says() {
    if !has_php(&["composer"], "Composer") {
        return;
    }
    let dir = Workdir::new();
    // No other package is needed, so there is nothing to search in the network.
    let package = format!("{}\"}}, {{\"packagist.org\": false}}", php_package().display());
    let json = readme_block("json").replace("/path/to/bindings/php\"}", &package);
    assert!(json.contains("packagist"), "{json}");
    dir.write("composer.json", json);
    run(composer(&dir).args(["install", "--no-interaction"]));
    run_script(&dir, "vendor/autoload.php");
}

/// Composer, without files outside of the folder.
fn composer(dir: &Workdir) -> Command {
    let mut command = Command::new("composer");
    command.current_dir(dir.path("")).env("COMPOSER_HOME", dir.path("home"));
    command.env("COMPOSER_ALLOW_SUPERUSER", "1");
    command
}

#[test]
fn the_classes_are_those_of_psr_4() {
    for entry in std::fs::read_dir(php_package().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let class = path.file_stem().and_then(|name| name.to_str()).unwrap();
        assert!(text.contains("\nnamespace DeskproContact;\n"), "{class}");
        assert!(
            text.contains(&format!("class {class}\n")) || text.contains(&format!("class {class} ")),
            "{class}"
        );
    }
    if has(&["composer"], "composer.json") {
        let file = php_package().join("composer.json");
        run(composer(&Workdir::new()).args(["validate", "--strict", "--no-interaction"]).arg(file));
    }
}
