//! The `tieline` program: see [`tieline::cli`].

fn main() -> std::process::ExitCode {
    tieline::cli::main()
}
