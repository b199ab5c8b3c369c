//! A peer that never reads, over TCP on loopback: what its connection costs with Node's advice alone,
//! and with a cap.
//!
//! ```console
//! cargo run --release --example slow_peer --features tokio
//! ```
//!
//! A service writes 64 KiB records to a client that has connected and reads nothing. Without a cap it
//! does what a Node program does that ignores `write`'s false: it buffers, and memory grows with what
//! is written. With a cap the stream refuses what is beyond, and the record comes back.

use bytes::Bytes;
use mem_report::{Figure, MemoryUsage, Source, Timeline};
use std::io;
use std::task::{Context, Waker};
use stream_backpressure::{Options, Overflow, PollWritable, TokioSink};
use tokio::net::{TcpListener, TcpStream};

const RECORD: usize = 64 * 1024;
const RECORDS: usize = 2048;
/// The records are written in this many parts, with a sample after each.
const PARTS: usize = 4;
const CAP: usize = 1024 * 1024;

type Connection = PollWritable<Bytes, TokioSink<TcpStream>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    println!("a peer that never reads is written {} MiB\n", (RECORDS * RECORD) >> 20);
    // The capped run comes first: what the other has had, the allocator may keep.
    let capped = Options::default().with_cap(CAP, Overflow::Refuse);
    let (held, grown) = serve("with a cap of 1 MiB", capped).await?;
    assert!(held <= CAP && grown < 16 << 20, "the cap holds: {held} bytes, {grown} more resident");
    let (held, grown) = serve("without a cap", Options::default()).await?;
    let most = RECORDS * RECORD / 2;
    assert!(held > most && grown > most as u64, "all but what the sockets hold is buffered");
    Ok(())
}

/// Writes to a peer that never reads; gives the bytes that the stream held at most, and those by which
/// the resident set grew.
async fn serve(title: &str, options: Options) -> io::Result<(usize, u64)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let peer = TcpStream::connect(listener.local_addr()?).await?;
    let (socket, _) = listener.accept().await?;
    let mut connection: Connection = PollWritable::new(options, TokioSink::new(socket));

    let mut timeline = Timeline::default();
    timeline.push("connected", usage(&connection)?);
    let mut refused = 0;
    for part in 1..=PARTS {
        for _ in 0..RECORDS / PARTS {
            match connection.start_send(Bytes::from(vec![7; RECORD])) {
                Ok(()) => {}
                Err(not_sent) => {
                    assert_eq!(not_sent.chunk.map(|record| record.len()), Some(RECORD));
                    refused += 1;
                }
            }
            // Passes on what the socket takes. A well-behaved service would wait here instead.
            let progress = connection.poll_flush(&mut Context::from_waker(Waker::noop()));
            if let std::task::Poll::Ready(Err(error)) = progress {
                return Err(io::Error::other(error.error));
            }
            tokio::task::yield_now().await;
        }
        let label = format!("{} MiB written", (part * RECORDS / PARTS * RECORD) >> 20);
        timeline.push(&label, usage(&connection)?);
    }

    println!("{title}:");
    for sample in timeline.samples() {
        // A figure that the system does not give is absent, and not 0.
        let kib = |figure: Option<u64>| figure.map_or("-".to_owned(), |n| (n / 1024).to_string());
        println!(
            "  {:>16}  buffered {:>9} KiB  resident set {:>7} KiB",
            sample.label,
            kib(sample.usage.external()),
            kib(sample.usage.rss())
        );
    }
    let stats = connection.stats();
    println!("  refused {refused} records, peak {} KiB buffered\n", stats.peak_bytes / 1024);
    drop(peer);
    let resident: Vec<u64> = timeline.figure(Figure::Rss).flatten().collect();
    Ok((stats.peak_bytes, resident[PARTS].saturating_sub(resident[0])))
}

/// The process's figures: the resident set is the system's, the bytes outside any heap are those that
/// the connection holds.
fn usage(connection: &Connection) -> io::Result<MemoryUsage> {
    let rss = mem_report::resident_set().map_err(io::Error::other)?;
    let mut usage = MemoryUsage::new();
    usage.set(Figure::Rss, Some(rss));
    Ok(usage.with(Figure::External, connection.stats().bytes as u64, Source::exact("stream")))
}
