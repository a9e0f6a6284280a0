//! Keeps the shared library in memory until the process ends.
//!
//! A program that loads it at run time, such as PHP for each request, would otherwise unmap and map it each time, which
//! takes ten times as long as the rest of loading. A thread that still ends could also run code that is gone.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
