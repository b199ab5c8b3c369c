//! A small language with closures, objects and a hash map, as `docs/writing-a-language.md` builds it:
//! `cargo run --example mini [FILE]`.

#[path = "mini/language.rs"]
mod language;
#[path = "mini/syntax.rs"]
mod syntax;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = match std::env::args().nth(1) {
        Some(file) => std::fs::read_to_string(file)?,
        None => include_str!("mini/counters.mini").to_owned(),
    };
    println!("{}", language::run(&program)?);
    Ok(())
}
