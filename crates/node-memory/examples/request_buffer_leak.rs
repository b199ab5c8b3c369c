//! A leak found by its timeline and its table by kind, then mended.
//!
//! ```console
//! cargo run -p node-memory --example request_buffer_leak
//! ```
//!
//! A server writes a log. Each entry is a closure that makes its line when someone reads the log, and it captures the
//! request's body for that, of which it needs the length alone.

use mem_report::{Figure, Growth, Verdict};
use node_memory::{Runtime, RuntimeError, RuntimeOptions, Scenario, Variable};

const ROUNDS: usize = 12;
const REQUESTS: usize = 25;
/// Bytes of a request's body.
const BODY: usize = 64 << 10;

/// The program's variables: the log's entries.
#[derive(Default)]
struct Server {
    log: Vec<Variable>,
}

/// `log.push(() => body.length)`.
fn log_the_body(runtime: &mut Runtime, server: &mut Server) -> Result<(), RuntimeError> {
    let body = runtime.buffer_alloc(BODY)?;
    let context = runtime.context(1, None)?;
    runtime.capture(&context, 0, Some(&body))?;
    server.log.push(runtime.arrow_function(Some(&context))?);
    Ok(())
}

/// `const length = body.length; log.push(() => length)`: a number is no reference, so the body goes with its request.
fn log_the_length(runtime: &mut Runtime, server: &mut Server) -> Result<(), RuntimeError> {
    drop(runtime.buffer_alloc(BODY)?);
    let context = runtime.context(1, None)?;
    server.log.push(runtime.arrow_function(Some(&context))?);
    Ok(())
}

type Request = fn(&mut Runtime, &mut Server) -> Result<(), RuntimeError>;

/// Serves some requests between two samples, and says how the array buffers grow.
fn serve(statement: &str, request: Request) -> Result<Growth, RuntimeError> {
    let mut scenario = Scenario::<Server>::new().with_kinds().gc().sample("start");
    for round in 1..=ROUNDS {
        for _ in 0..REQUESTS {
            scenario = scenario.step(statement, request);
        }
        scenario = scenario.gc().sample(&format!("{} requests", round * REQUESTS));
    }
    let outcome = scenario.run(Runtime::new(RuntimeOptions::default())?)?;
    for sample in outcome.timeline.samples().step_by(ROUNDS / 3) {
        println!("  {:14} {}", sample.label, sample.usage);
    }
    Ok(Growth::of(&outcome.timeline, Figure::ArrayBuffers))
}

fn main() -> Result<(), RuntimeError> {
    println!("log.push(() => body.length)");
    let leak = serve("log.push(() => body.length)", log_the_body)?;
    assert_eq!(leak.verdict, Verdict::Leak);
    println!("{leak}");
    for kind in leak.kinds.iter().take(3) {
        println!("  grows: {kind}");
    }
    for (statement, bytes) in leak.statements.iter().take(1) {
        println!("  by: {statement} ({bytes:+} bytes)");
    }
    println!("\nconst length = body.length; log.push(() => length)");
    let mended = serve("log.push(() => length)", log_the_length)?;
    assert_ne!(mended.verdict, Verdict::Leak);
    println!("{mended}");
    Ok(())
}
