//! Text as chunks: encodings, decoding, what a text counts.

use crate::log::stream;
use stream_backpressure::{Completion, Data, Encoding, Options, Text};

fn named(name: &str) -> Encoding {
    Encoding::named(name).unwrap()
}

fn encoded(text: &str, encoding: &str) -> Data {
    Data::Text(Text::new(text).encoded(named(encoding)))
}

#[test]
fn text_reaches_the_sink_as_bytes_of_its_encoding_or_the_default() {
    let (mut writable, _) = stream::<false, false>(Options::default(), Completion::Done);
    writable.cork();
    writable.write(encoded("6162", "hex")).unwrap();
    writable.write(Data::text("\u{e9}")).unwrap();
    writable.set_default_encoding(named("LATIN1"));
    writable.write(Data::text("\u{e9}")).unwrap();
    let expected = [b"ab".to_vec(), vec![0xc3, 0xa9], vec![0xe9]].map(Data::Bytes);
    assert!(writable.buffered().eq(&expected));
    assert_eq!(writable.length(), 5);
}

#[test]
fn text_stays_text_where_it_is_not_decoded_and_names_its_encoding() {
    let mut options = Options::default();
    options.decode_strings = false;
    options.default_encoding = named("ucs2");
    let (mut writable, _) = stream::<false, false>(options, Completion::Done);
    writable.cork();
    writable.write(Data::text("\u{1f600}")).unwrap();
    writable.write(encoded("x", "hex")).unwrap();
    assert!(writable.buffered().eq(&[encoded("\u{1f600}", "ucs2"), encoded("x", "hex")]));
    assert_eq!(writable.length(), 3, "UTF-16 units");
}

#[test]
fn a_stream_of_objects_leaves_text_alone() {
    let (mut writable, _) =
        stream::<false, false>(Options::default().with_object_mode(), Completion::Done);
    writable.cork();
    writable.write(Data::text("text")).unwrap();
    writable.write(Data::Other(5)).unwrap();
    assert!(writable.buffered().eq(&[Data::text("text"), Data::Other(5)]));
    let refused = writable.write(Data::Null).unwrap_err();
    assert_eq!(refused.error.code(), Some("ERR_STREAM_NULL_VALUES"));
}
