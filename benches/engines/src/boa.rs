//! Runs a JavaScript file in boa: `boa FILE`. It has `console.log` of numbers and strings.

use boa_engine::property::Attribute;
use boa_engine::{Context, JsResult, JsValue, NativeFunction, Source, js_string, object};
use std::process::ExitCode;

fn log(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut line = Vec::new();
    for argument in arguments {
        line.push(argument.to_string(context)?.to_std_string_escaped());
    }
    println!("{}", line.join(" "));
    Ok(JsValue::undefined())
}

fn run(text: &[u8]) -> JsResult<()> {
    let mut context = Context::default();
    let console = object::ObjectInitializer::new(&mut context)
        .function(NativeFunction::from_fn_ptr(log), js_string!("log"), 0)
        .build();
    context.register_global_property(js_string!("console"), console, Attribute::all())?;
    context.eval(Source::from_bytes(text))?;
    context.run_jobs()
}

fn main() -> ExitCode {
    let Some(text) = std::env::args_os().nth(1).and_then(|path| std::fs::read(path).ok()) else {
        eprintln!("boa FILE");
        return ExitCode::from(2);
    };
    match run(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
