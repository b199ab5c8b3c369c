//! The optional features.

use slab_buffer::{Pool, PoolOptions};

#[cfg(feature = "bytes")]
#[test]
fn bytes_come_from_buffers_without_copying() {
    use bytes::{BufMut, Bytes};

    let pool = Pool::new(PoolOptions::default());
    let mut writer = pool.alloc_unsafe(16).unwrap().writer();
    writer.put_slice(b"hello ");
    writer.put_u32(0x776f_726c);
    assert_eq!(BufMut::remaining_mut(&writer), 6);
    let buffer = writer.into_buffer();
    let place = buffer.as_ptr();
    let bytes = Bytes::from(buffer.freeze());
    assert_eq!((bytes.as_ptr(), &bytes[..]), (place, &b"hello worl"[..]));
    let there = std::thread::spawn(move || bytes.slice(6..)).join().unwrap();
    assert_eq!(&there[..], b"worl");
    drop(there);
    assert_eq!(pool.stats().live_buffers, 0);
}

#[cfg(feature = "bytes")]
#[test]
fn buffers_and_frozen_buffers_are_read_by_the_trait() {
    use bytes::Buf;

    let pool = Pool::new(PoolOptions::default());
    let mut frozen = pool.from_bytes(b"\0\x01abcdef").unwrap().freeze();
    assert_eq!((frozen.get_u16(), frozen.remaining()), (1, 6));
    let bytes = frozen.copy_to_bytes(3);
    assert_eq!((&bytes[..], frozen.chunk()), (&b"abc"[..], &b"def"[..]));
    frozen.advance(3);
    drop(bytes);
    assert!(!frozen.has_remaining());
    assert_eq!(pool.stats().live_buffers, 0, "what is empty holds nothing");
    let mut buffer = pool.from_bytes(b"\0\x01abcdef").unwrap();
    assert_eq!((buffer.get_u16(), buffer.remaining()), (1, 6));
    let bytes = buffer.copy_to_bytes(3);
    assert_eq!((&bytes[..], buffer.chunk()), (&b"abc"[..], &b"def"[..]));
}

#[cfg(feature = "bytes")]
#[test]
fn a_buffer_grows_as_the_trait_writes_to_it() {
    use bytes::{Buf, BufMut};

    let pool = Pool::new(PoolOptions::default());
    let mut buffer = pool.alloc_unsafe(0).unwrap();
    for i in 0..1000 {
        buffer.put_u32(i);
    }
    buffer.put_bytes(7, 1000);
    buffer.put(&b"end"[..]);
    assert_eq!((buffer.len(), buffer.remaining_mut()), (5003, isize::MAX as usize - 5003));
    assert!((0..1000).all(|i| buffer.get_u32() == i));
    assert_eq!((&buffer[..1000], &buffer[1000..]), (&[7; 1000][..], &b"end"[..]));
}

#[cfg(feature = "bytes")]
#[test]
#[should_panic(expected = "past the buffer's end")]
fn advancing_past_the_end_panics_as_the_trait_says() {
    let mut writer = Pool::new(PoolOptions::default()).alloc(4).unwrap().writer();
    // SAFETY: the bytes are initialised, and the call panics before it counts them.
    #[allow(unsafe_code, reason = "the method is unsafe to call")]
    unsafe {
        bytes::BufMut::advance_mut(&mut writer, 5)
    };
}

#[cfg(feature = "serde")]
#[test]
fn buffers_serialise_as_bytes() {
    use slab_buffer::{Buffer, Frozen};

    let pool = Pool::new(PoolOptions::default());
    let text = serde_json::to_string(&pool.from_bytes(&[1, 2, 255]).unwrap()).unwrap();
    assert_eq!(text, "[1,2,255]");
    assert_eq!(&*serde_json::from_str::<Buffer>(&text).unwrap(), &[1, 2, 255]);
    assert_eq!(&*serde_json::from_str::<Frozen>(&text).unwrap(), &[1, 2, 255]);
    assert!(serde_json::from_str::<Buffer>("[256]").is_err());
}

#[cfg(not(any(feature = "bytes", feature = "serde")))]
#[test]
fn none_is_needed() {
    assert_eq!(&*Pool::new(PoolOptions::default()).from_string("a").unwrap(), b"a");
}
