//! The methods of `String.prototype` that put a text into an element of HTML (ECMA-262, annex B.2.2).

use super::super::Method;
use super::text::this_string;
use crate::machine::{Machine, R};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;

macro_rules! elements {
    ($($name:literal, $element:literal, $attribute:expr;)*) => {
        pub(super) const METHODS: &[Method] = &[$((
            $name,
            if $attribute.is_empty() { 0 } else { 1 },
            |machine, arguments| element(machine, arguments, $name, $element, $attribute),
        )),*];
    };
}

elements! {
    "anchor", "a", "name";
    "big", "big", "";
    "blink", "blink", "";
    "bold", "b", "";
    "fixed", "tt", "";
    "fontcolor", "font", "color";
    "fontsize", "font", "size";
    "italics", "i", "";
    "link", "a", "href";
    "small", "small", "";
    "strike", "strike", "";
    "sub", "sub", "";
    "sup", "sup", "";
}

/// ECMA-262's `CreateHTML`.
fn element(
    machine: &mut Machine,
    arguments: Arguments,
    method: &str,
    element: &str,
    attribute: &str,
) -> Outcome<R> {
    let text = this_string(machine, method)?;
    let mut html: Vec<u16> = format!("<{element}").encode_utf16().collect();
    if !attribute.is_empty() {
        let value = machine.temp()?;
        machine.to_string(value, arguments.at(0))?;
        html.extend(format!(" {attribute}=\"").encode_utf16());
        for unit in machine.units(value)? {
            match unit {
                34 => html.extend("&quot;".encode_utf16()),
                unit => html.push(unit),
            }
        }
        html.push(34);
    }
    html.push(62);
    html.extend(machine.units(text)?);
    html.extend(format!("</{element}>").encode_utf16());
    machine.new_string(0, &html)?;
    Ok(0)
}
