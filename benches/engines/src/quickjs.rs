//! Runs a JavaScript file in QuickJS: `quickjs FILE`. It has `console.log` of numbers and strings.

use rquickjs::function::Rest;
use rquickjs::{CatchResultExt, Coerced, Context, Function, Object, Runtime};
use std::process::ExitCode;

fn log(words: Rest<Coerced<String>>) {
    let words: Vec<&str> = words.0.iter().map(|word| word.0.as_str()).collect();
    println!("{}", words.join(" "));
}

fn run(text: Vec<u8>) -> Result<(), String> {
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    // What deep recursion of the programs needs.
    runtime.set_max_stack_size(4 << 20);
    let context = Context::full(&runtime).map_err(|error| error.to_string())?;
    context.with(|context| {
        let run = || {
            let console = Object::new(context.clone())?;
            console.set("log", Function::new(context.clone(), log)?)?;
            context.globals().set("console", console)?;
            context.eval::<(), _>(text)
        };
        run().catch(&context).map_err(|error| error.to_string())
    })?;
    while runtime.execute_pending_job().map_err(|error| error.to_string())? {}
    Ok(())
}

fn main() -> ExitCode {
    let Some(text) = std::env::args_os().nth(1).and_then(|path| std::fs::read(path).ok()) else {
        eprintln!("quickjs FILE");
        return ExitCode::from(2);
    };
    match run(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
