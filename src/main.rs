//! The `tieline` program: see [`tieline::cli`].

/// Studies are many small lists, which this allocator hands out and takes back faster than most systems' own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod streams;

fn main() -> std::process::ExitCode {
    tieline::cli::main(streams::output_was_open())
}
