//! The `tokio` face: an AsyncWrite over an AsyncWrite, the pump from an AsyncRead, deadlines.

use bytes::Bytes;
use std::io;
use std::time::Duration;
use stream_backpressure::{
    Error, Options, Overflow, PollWritable, TokioSink, TokioTimer, pump_read,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

type Over<W> = PollWritable<Bytes, TokioSink<W>>;

fn over(options: Options, room: usize) -> (Over<DuplexStream>, DuplexStream) {
    let (near, far) = duplex(room);
    (PollWritable::new(options, TokioSink::new(near)), far)
}

#[tokio::test]
async fn what_is_written_arrives_whole_and_in_order() {
    let (mut writable, mut far) = over(Options::default().with_high_water_mark(100), 7);
    let expected: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
    let sent = expected.clone();
    let writing = async move {
        writable.write_all(&sent[..5000]).await?;
        writable.flush().await?;
        writable.write_all(&sent[5000..]).await?;
        writable.shutdown().await?;
        Ok::<_, io::Error>(writable.stats().peak_bytes)
    };
    let mut read = Vec::new();
    let (peak, _) = tokio::try_join!(writing, far.read_to_end(&mut read)).unwrap();
    assert_eq!(read, expected);
    assert!(peak <= 200, "{peak} bytes at once");
}

#[tokio::test]
async fn chunks_go_together_in_vectored_writes_of_any_length() {
    let (mut writable, mut far) = over(Options::default(), 64 * 1024);
    let mut expected = Vec::new();
    for n in 0..500_usize {
        let chunk = vec![n as u8; n % 5];
        expected.extend(&chunk);
        writable.start_send(chunk.into()).unwrap();
    }
    let (_, read) = tokio::join!(
        async {
            std::future::poll_fn(|cx| writable.poll_close(cx)).await.unwrap();
        },
        async {
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.unwrap();
            read
        }
    );
    assert_eq!(read, expected);
}

#[tokio::test]
async fn a_peer_that_goes_away_is_an_error() {
    let (mut writable, far) = over(Options::default(), 10);
    drop(far);
    let error = async {
        writable.write_all(&[1; 100]).await?;
        writable.flush().await
    };
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("pipe"), "{error}");
}

#[tokio::test]
async fn a_cap_below_the_mark_makes_writes_wait_and_a_cap_of_zero_refuses() {
    let (mut writable, mut far) = over(Options::default().with_cap(8, Overflow::Refuse), 4);
    let writing = async {
        writable.write_all(&[5; 1000]).await?;
        writable.shutdown().await
    };
    let mut read = Vec::new();
    tokio::try_join!(writing, far.read_to_end(&mut read)).unwrap();
    assert_eq!(read, [5; 1000]);
    assert!(writable.stats().peak_bytes <= 8);

    let (mut writable, _far) = over(Options::default().with_cap(0, Overflow::Refuse), 4);
    let error = writable.write(&[1]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[tokio::test]
async fn pumping_waits_for_the_peer_and_counts_how_often() {
    let (mut writable, mut far) = over(Options::default().with_high_water_mark(64), 16);
    let source = vec![9_u8; 4096];
    let reading = async {
        let mut read = Vec::new();
        far.read_to_end(&mut read).await.unwrap();
        read
    };
    let (pumped, read) = tokio::join!(pump_read(&source[..], &mut writable, 32), reading);
    let pumped = pumped.unwrap();
    assert_eq!((pumped.chunks, pumped.counted, read.len()), (128, 4096, 4096));
    assert!(pumped.waits >= 32, "{} waits", pumped.waits);
    assert!(writable.stats().peak_bytes <= 96);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_reads_meets_its_deadline() {
    let options =
        Options::default().with_high_water_mark(64).with_deadline(Duration::from_secs(30));
    let (writable, _far) = over(options, 16);
    let mut writable = writable.with_timer(TokioTimer::new());
    let start = tokio::time::Instant::now();
    let error = writable.write_all(&[1; 1000]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(
        writable.errored().map(ToString::to_string),
        Some(Error::<String>::Deadline.to_string())
    );
}
