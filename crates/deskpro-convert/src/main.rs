//! The command `convert`.

fn main() -> std::process::ExitCode {
    deskpro_convert::main()
}
