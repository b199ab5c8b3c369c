//! A leak found by its timeline and its table by kind, then mended.
//!
//! ```console
//! cargo run -p node-memory --example request_buffer_leak
//! ```
//!
//! A server remembers when each request began, in a Map with the request as the key. Nobody deletes the entry, so the Map
//! keeps the request, and the request keeps its body. A WeakMap does not.

use mem_report::human::{grouped, mib};
use mem_report::{Figure, Growth, Timeline, Verdict};
use node_memory::{
    Buffer, JsString, Map, Object, Runtime, RuntimeError, Scenario, Variable, WeakMap, Writable,
};
use std::time::Duration;

const ROUNDS: usize = 12;
const REQUESTS: usize = 25;
/// Bytes of a request's body.
const BODY: usize = 64 << 10;

/// The program's variables that live as long as the server.
#[derive(Default)]
struct Server {
    begun: Option<Begun>,
    log: Option<Variable<Writable>>,
}

/// When each request began: the collection that leaks, or the one that does not.
enum Begun {
    Map(Variable<Map>),
    WeakMap(Variable<WeakMap>),
}

/// `begun = new Map()`.
fn with_map(runtime: &mut Runtime, server: &mut Server) -> Result<(), RuntimeError> {
    server.begun = Some(Begun::Map(Map::new(runtime)?));
    Ok(())
}

/// `begun = new WeakMap()`.
fn with_weak_map(runtime: &mut Runtime, server: &mut Server) -> Result<(), RuntimeError> {
    server.begun = Some(Begun::WeakMap(WeakMap::new(runtime)?));
    Ok(())
}

/// `const request = { url, body }; begun.set(request, now); log.write(line)`. The variables of the function end with it.
fn serve(runtime: &mut Runtime, server: &mut Server) -> Result<(), RuntimeError> {
    let now = runtime.now().as_secs_f64();
    let request = Object::with_fields(runtime, 2)?;
    let url = JsString::new(runtime, "/upload")?;
    let body = Buffer::alloc(runtime, BODY)?;
    request.set(runtime, 0, &url)?;
    request.set(runtime, 1, &body)?;
    match &server.begun {
        Some(Begun::Map(map)) => drop(map.set(runtime, &request, now)?),
        Some(Begun::WeakMap(map)) => map.set(runtime, &request, now)?,
        None => {}
    }
    if let Some(log) = &server.log {
        log.write_text(runtime, "POST /upload\n")?;
    }
    Ok(())
}

/// Twelve times 25 requests, each time with a full collection and a sample.
fn run(
    setup: &str,
    begun: fn(&mut Runtime, &mut Server) -> Result<(), RuntimeError>,
) -> Result<Timeline, RuntimeError> {
    let mut scenario = Scenario::<Server>::new()
        .with_kinds()
        .step(setup, begun)
        .step("const log = new Writable({ write(chunk, encoding, next) { next(); } })", {
            |runtime, server| {
                server.log = Some(Writable::new(runtime)?);
                Ok(())
            }
        })
        .gc()
        .sample("start");
    for round in 1..=ROUNDS {
        scenario = scenario
            .step("for (i < 25) serve()", |runtime, server| {
                (0..REQUESTS).try_for_each(|_| {
                    serve(runtime, server)?;
                    // A request is a job: its ticks and microtasks run before the next one.
                    runtime.run_jobs().map(drop)
                })
            })
            .advance(Duration::from_secs(1))
            .gc()
            .sample(&format!("{} requests", round * REQUESTS));
    }
    Ok(scenario.run()?.timeline)
}

/// Shows how two figures go, each as a bar.
fn show(timeline: &Timeline) {
    println!("  after             heapUsed     arrayBuffers");
    for sample in timeline.samples().step_by(ROUNDS / 4) {
        let (Some(heap), Some(buffers)) = (sample.usage.heap_used(), sample.usage.array_buffers())
        else {
            println!("  {:12} not counted", sample.label);
            continue;
        };
        let bar = "#".repeat((buffers >> 20) as usize);
        println!(
            "  {:12} {:>9} bytes {:>12} {bar}",
            sample.label,
            grouped(heap.into()),
            mib(buffers)
        );
    }
}

/// The verdict, without the reasons.
fn first_line(growth: &Growth) -> String {
    growth.to_string().lines().next().unwrap_or_default().to_owned()
}

fn main() -> Result<(), RuntimeError> {
    println!("A server that remembers when each request began:\n");
    println!("  const begun = new Map();");
    println!("  function serve(url, body) {{");
    println!("    const request = {{ url, body }};        // the body is a Buffer of 64 KiB");
    println!("    begun.set(request, Date.now());");
    println!("    log.write(`POST ${{url}}\\n`);");
    println!("  }}\n");
    println!(
        "1. The timeline. Each sample is taken after a full collection, so what it shows is held:\n"
    );
    let timeline = run("const begun = new Map()", with_map)?;
    show(&timeline);
    let leak = Growth::of(&timeline, Figure::ArrayBuffers);
    assert_eq!(leak.verdict, Verdict::Leak);
    println!("\n  {}", first_line(&leak));

    println!("\n2. The table by kind. What there is more of at the end than at the start:\n");
    for kind in leak.kinds.iter().filter(|kind| kind.group != node_memory::kinds::SPACES) {
        println!("  {:8} {kind}", kind.group);
    }
    println!(
        "\n  Each of the {} requests has left its two objects, its Buffer, and a larger table:",
        ROUNDS * REQUESTS
    );
    println!("  `begun` holds the requests. A Map keeps its keys alive, and nobody deletes them.");
    for (statements, bytes) in leak.statements.iter().take(1) {
        println!("  It grew in `{statements}`, by {} bytes.", grouped(bytes.unsigned_abs()));
    }

    println!(
        "\n3. Mended: `const begun = new WeakMap()` keeps an entry as long as its request lives.\n"
    );
    let timeline = run("const begun = new WeakMap()", with_weak_map)?;
    show(&timeline);
    let mended = Growth::of(&timeline, Figure::ArrayBuffers);
    assert_ne!(mended.verdict, Verdict::Leak);
    println!("\n  {}", first_line(&mended));
    println!("  The 8 KiB are the pool's slab for the log's lines, which Node keeps.");
    Ok(())
}
