//! The committed header is the one that cbindgen makes from the source. `UPDATE_HEADER=1` writes it.

use std::fs;
use std::path::Path;

#[test]
fn the_header_of_the_bindings_is_current() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(package.join("cbindgen.toml")).unwrap();
    let sources = ["types", "handle", "lib"];
    let builder = sources.iter().fold(cbindgen::Builder::new().with_config(config), |builder, name| {
        builder.with_src(package.join(format!("src/{name}.rs")))
    });
    let mut made = Vec::new();
    builder.generate().unwrap().write(&mut made);
    let made = String::from_utf8(made).unwrap();
    let path = package.join("include/deskpro_contact.h");
    if std::env::var_os("UPDATE_HEADER").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "{} should be:\n{made}", path.display());
}
