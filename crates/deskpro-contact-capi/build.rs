//! Keeps the shared library in memory until the process ends.
//!
//! PHP, for example, loads it for each request. Without this, each load would map the library again and unmap it later,
//! which takes ten times as long as the rest of loading. A thread that is just ending could also run code that was
//! unmapped.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
