//! `\p{...}` of strings (flag `v`): emoji, from the list of the crate emojis, each in a set by its form
//! (Unicode Technical Standard 51).

use super::set::Set;

const EMOJI_STYLE: u32 = 0xFE0F;
const JOINER: u32 = 0x200D;
const KEYCAP: u32 = 0x20E3;
const TAG_END: u32 = 0xE007F;
const SKIN_TONES: (u32, u32) = (0x1F3FB, 0x1F3FF);
/// Parts of other emoji, which the list does not have.
const HAIR: (u32, u32) = (0x1F9B0, 0x1F9B3);
const REGIONS: (u32, u32) = (0x1F1E6, 0x1F1FF);

/// The single characters and the strings of a property of strings; `None` if there is none of the name.
pub(super) fn strings(name: &str) -> Option<(Set, Vec<Vec<u32>>)> {
    let all = name == "RGI_Emoji";
    let wanted = match name {
        "RGI_Emoji" | "Basic_Emoji" => Form::Basic,
        "Emoji_Keycap_Sequence" => Form::Keycap,
        "RGI_Emoji_Modifier_Sequence" => Form::Modifier,
        "RGI_Emoji_Flag_Sequence" => Form::Flag,
        "RGI_Emoji_Tag_Sequence" => Form::Tag,
        "RGI_Emoji_ZWJ_Sequence" => Form::Joined,
        _ => return None,
    };
    let (mut set, mut strings) = (Set::default(), Vec::new());
    if wanted == Form::Basic {
        set.add(SKIN_TONES.0, SKIN_TONES.1);
        set.add(HAIR.0, HAIR.1);
    }
    let tones = emojis::iter().filter_map(|emoji| emoji.skin_tones()).flatten();
    for emoji in emojis::iter().chain(tones) {
        let string: Vec<u32> = emoji.as_str().chars().map(u32::from).collect();
        if !all && Form::of(&string) != wanted {
            continue;
        }
        match string[..] {
            [point] => set.add(point, point),
            _ => strings.push(string),
        }
    }
    strings.sort_unstable();
    strings.dedup();
    Some((set.settled(), strings))
}

#[derive(PartialEq, Eq)]
enum Form {
    Basic,
    Keycap,
    Modifier,
    Flag,
    Tag,
    Joined,
}

impl Form {
    fn of(emoji: &[u32]) -> Self {
        let in_range = |point: u32, (low, high): (u32, u32)| (low..=high).contains(&point);
        match *emoji {
            _ if emoji.contains(&JOINER) => Self::Joined,
            [.., TAG_END] => Self::Tag,
            [.., KEYCAP] => Self::Keycap,
            [first, _] if in_range(first, REGIONS) => Self::Flag,
            [_, last] if last != EMOJI_STYLE && in_range(last, SKIN_TONES) => Self::Modifier,
            _ => Self::Basic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::strings;

    #[test]
    fn each_emoji_is_in_the_set_of_its_form() {
        let has = |name: &str, emoji: &str| {
            let (set, strings) = strings(name).unwrap();
            let points: Vec<u32> = emoji.chars().map(u32::from).collect();
            match points[..] {
                [point] => set.contains(point),
                _ => strings.contains(&points),
            }
        };
        for (name, emoji) in [
            ("Basic_Emoji", "\u{1F600}"),
            ("Basic_Emoji", "\u{1F9B1}"),
            ("Basic_Emoji", "\u{2764}\u{FE0F}"),
            ("Emoji_Keycap_Sequence", "1\u{FE0F}\u{20E3}"),
            ("RGI_Emoji_Modifier_Sequence", "\u{1F44D}\u{1F3FD}"),
            ("RGI_Emoji_Flag_Sequence", "\u{1F1E9}\u{1F1EA}"),
            (
                "RGI_Emoji_Tag_Sequence",
                "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            ),
            ("RGI_Emoji_ZWJ_Sequence", "\u{1F469}\u{200D}\u{1F4BB}"),
        ] {
            assert!(has(name, emoji) && has("RGI_Emoji", emoji), "{name}");
        }
        assert!(!has("Basic_Emoji", "1\u{FE0F}\u{20E3}") && strings("Emoji").is_none());
        assert_eq!(strings("Emoji_Keycap_Sequence").unwrap().1.len(), 12);
    }
}
