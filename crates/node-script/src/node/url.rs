//! Parsing URLs for the library's `URL` (`library/url.js`), by the crate url.

use crate::builtins::Method;
use crate::machine::{Machine, R};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use url::{Url, quirks};

const METHODS: &[Method] = &[
    ("parse", 2, parse),
    ("parts", 1, parts),
    ("set", 3, set),
    ("toASCII", 1, |machine, arguments| {
        let domain = machine.rust_string(arguments.at(0))?;
        machine.give_text(&quirks::domain_to_ascii(&domain))
    }),
    ("toUnicode", 1, |machine, arguments| {
        let domain = machine.rust_string(arguments.at(0))?;
        machine.give_text(&quirks::domain_to_unicode(&domain))
    }),
];

pub(super) fn install(machine: &mut Machine) -> Outcome {
    machine.share_object_with_library("url", METHODS)
}

/// `parse(text, base)`: the whole URL as it is written out, or undefined if it is none.
fn parse(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.rust_string(arguments.at(0))?;
    let base = match machine.is_undefined(arguments.at(1)) {
        true => None,
        false => Some(machine.rust_string(arguments.at(1))?),
    };
    let parsed = match base {
        Some(base) => Url::parse(&base).and_then(|base| base.join(&text)),
        None => Url::parse(&text),
    };
    match parsed {
        Ok(url) => machine.give_text(url.as_str()),
        Err(_) => machine.give_undefined(),
    }
}

/// `parts(href)`: an array of the parts of a URL, in the order of the library's getters.
fn parts(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.rust_string(arguments.at(0))?;
    let Ok(url) = Url::parse(&text) else { return machine.give_undefined() };
    let parts = [
        quirks::protocol(&url),
        quirks::username(&url),
        quirks::password(&url),
        quirks::host(&url),
        quirks::hostname(&url),
        quirks::port(&url),
        quirks::pathname(&url),
        quirks::search(&url),
        quirks::hash(&url),
        &quirks::origin(&url),
    ]
    .map(str::to_owned);
    let list = machine.temp()?;
    machine.list_of_texts(list, parts.into())?;
    Ok(list)
}

/// `set(href, part, value)`: the URL with another part. What does not fit changes nothing.
fn set(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.rust_string(arguments.at(0))?;
    let part = machine.rust_string(arguments.at(1))?;
    let value = machine.rust_string(arguments.at(2))?;
    let Ok(mut url) = Url::parse(&text) else { return Ok(arguments.at(0)) };
    // As in the URL standard, what cannot be set is ignored.
    let _ = match part.as_str() {
        "protocol" => quirks::set_protocol(&mut url, &value),
        "username" => quirks::set_username(&mut url, &value),
        "password" => quirks::set_password(&mut url, &value),
        "host" => quirks::set_host(&mut url, &value),
        "hostname" => quirks::set_hostname(&mut url, &value),
        "port" => quirks::set_port(&mut url, &value),
        "pathname" => {
            quirks::set_pathname(&mut url, &value);
            Ok(())
        }
        "search" => {
            quirks::set_search(&mut url, &value);
            Ok(())
        }
        _ => {
            quirks::set_hash(&mut url, &value);
            Ok(())
        }
    };
    machine.give_text(url.as_str())
}
