//! `\p{...}`: sets of code points by their Unicode properties, from the tables of the crate icu_properties.

use super::set::{LAST, Set};
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::script::ScriptWithExtensions;
use icu_properties::{CodePointMapData, CodePointSetData, PropertyParser};

/// The set of a property by its name, or by its name and value; `None` if ECMA-262 knows no such one.
pub(super) fn property(name: &str, value: Option<&str>) -> Option<Set> {
    let mut set = Set::default();
    match (name, value) {
        ("General_Category" | "gc", Some(value)) => category(value, &mut set)?,
        ("Script" | "sc", Some(value)) => {
            let script = PropertyParser::<Script>::new().get_strict(value)?;
            let scripts = CodePointMapData::<Script>::new();
            scripts
                .iter_ranges_for_value(script)
                .for_each(|range| set.add(*range.start(), *range.end()));
        }
        ("Script_Extensions" | "scx", Some(value)) => {
            let script = PropertyParser::<Script>::new().get_strict(value)?;
            let scripts = ScriptWithExtensions::new();
            scripts
                .get_script_extensions_ranges(script)
                .for_each(|range| set.add(*range.start(), *range.end()));
        }
        ("Any", None) => set.add(0, LAST),
        ("ASCII", None) => set.add(0, 0x7F),
        ("Assigned", None) => {
            category("Unassigned", &mut set)?;
            return Some(set.settled().inverted());
        }
        // The tables know it by the other of its names alone.
        ("space", None) => return property("White_Space", None),
        (name, None) => match CodePointSetData::new_for_ecma262(name.as_bytes()) {
            Some(points) => {
                points.iter_ranges().for_each(|range| set.add(*range.start(), *range.end()));
            }
            None => category(name, &mut set)?,
        },
        _ => return None,
    }
    Some(set.settled())
}

fn category(value: &str, set: &mut Set) -> Option<()> {
    let group = PropertyParser::<GeneralCategoryGroup>::new().get_strict(value)?;
    let categories = CodePointMapData::<GeneralCategory>::new();
    categories.iter_ranges_for_group(group).for_each(|range| set.add(*range.start(), *range.end()));
    Some(())
}

/// Whether a name may begin with a code point, or go on with it.
pub(super) fn is_name(point: u32, begins: bool) -> bool {
    use icu_properties::props::{IdContinue, IdStart};
    match u8::try_from(point) {
        Ok(byte) if byte.is_ascii() => {
            byte.is_ascii_alphabetic()
                || matches!(byte, b'$' | b'_')
                || !begins && byte.is_ascii_digit()
        }
        _ if begins => CodePointSetData::new::<IdStart>().contains32(point),
        // Joiners go on with a name.
        _ => {
            matches!(point, 0x200C | 0x200D)
                || CodePointSetData::new::<IdContinue>().contains32(point)
        }
    }
}
