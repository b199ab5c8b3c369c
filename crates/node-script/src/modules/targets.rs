//! What `exports` and `imports` of a `package.json` give for a name, by the algorithm of
//! [Node's documentation](https://nodejs.org/api/esm.html#resolution-algorithm) (`PACKAGE_TARGET_RESOLVE` and those around it), with Node's
//! errors.

use super::packages::{Missing, Package};
use serde_json::{Map, Value};
use std::path::{Component, Path, PathBuf};

const BAD_SPECIFIER: &str = "ERR_INVALID_MODULE_SPECIFIER";
const BAD_TARGET: &str = "ERR_INVALID_PACKAGE_TARGET";
const BAD_PACKAGE: &str = "ERR_INVALID_PACKAGE_CONFIG";

/// What a target stands for.
pub(super) enum Aim {
    /// A path, which may be no file's.
    Path(String),
    /// Another package's name, which `imports` may give.
    Name(String),
}

/// Who asks a package: under which conditions, and the file that errors name.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub conditions: &'a [&'static str],
    pub from: Option<&'a str>,
}

/// A key of `exports` or `imports` that is looked at: what its star stands for, if it has one.
#[derive(Clone, Copy)]
struct Match<'a> {
    package: &'a Package,
    key: &'a str,
    star: Option<&'a str>,
    internal: bool,
}

/// A target's result: none if no condition holds, or if it is null (the inner one).
type Found = Option<Option<Aim>>;

impl Asker<'_> {
    fn imported(&self) -> String {
        self.from.map_or(String::new(), |from| format!(" imported from {from}"))
    }

    /// What `exports` gives for `.` or `./path`.
    pub(super) fn export(&self, package: &Package, subpath: &str) -> Result<Aim, Missing> {
        let exports = package.exports.as_ref().unwrap_or(&Value::Null);
        let whole;
        let map = match exports {
            Value::Object(map) if !self.is_main_alone(package, map)? => map,
            Value::Bool(_) | Value::Number(_) => &Map::new(),
            main => {
                whole = Map::from_iter([(".".to_owned(), main.clone())]);
                &whole
            }
        };
        let plain = !subpath.contains('*') && !subpath.ends_with('/');
        match self.matching(package, map, subpath, plain, false)? {
            Some(Some(aim)) => Ok(aim),
            _ => {
                let place = package.path.display();
                let text = match subpath {
                    "." => format!("No \"exports\" main defined in {place}"),
                    _ => format!(
                        "Package subpath '{subpath}' is not defined by \"exports\" in {place}"
                    ),
                };
                let text = text + &self.imported();
                Err(Missing::error("ERR_PACKAGE_PATH_NOT_EXPORTED", text))
            }
        }
    }

    /// What `imports` gives for a name that begins with `#`.
    pub(super) fn import(&self, package: Option<&Package>, name: &str) -> Result<Aim, Missing> {
        if name == "#" || name.starts_with("#/") || name.ends_with('/') {
            let text = format!(
                "Invalid module \"{name}\" is not a valid internal imports specifier name{}",
                self.imported()
            );
            return Err(Missing::type_error(BAD_SPECIFIER, text));
        }
        if let Some(package) = package
            && let Some(Value::Object(map)) = &package.imports
            && let Some(Some(aim)) = self.matching(package, map, name, !name.contains('*'), true)?
        {
            return Ok(aim);
        }
        let place = package
            .map_or(String::new(), |package| format!(" in package {}", package.path.display()));
        let text =
            format!("Package import specifier \"{name}\" is not defined{place}{}", self.imported());
        Err(Missing::type_error("ERR_PACKAGE_IMPORT_NOT_DEFINED", text))
    }

    /// Whether the keys of `exports` are conditions, and no paths.
    fn is_main_alone(&self, package: &Package, map: &Map<String, Value>) -> Result<bool, Missing> {
        let conditions = map.keys().filter(|key| !key.starts_with('.')).count();
        if conditions == 0 || conditions == map.len() {
            return Ok(conditions > 0);
        }
        let why = "\"exports\" cannot contain some keys starting with '.' and some not. The exports object must either be an object of package subpath keys or an object of main entry condition name keys only.";
        Err(self.bad_package(package, why))
    }

    fn bad_package(&self, package: &Package, why: &str) -> Missing {
        let place = package.path.display();
        let importing =
            self.from.map_or(String::new(), |from| format!(" while importing file://{from}"));
        Missing::error(BAD_PACKAGE, format!("Invalid package config {place}{importing}. {why}"))
    }

    /// The target of a name's own key, or of the longest pattern that it has.
    fn matching(
        &self,
        package: &Package,
        map: &Map<String, Value>,
        name: &str,
        plain: bool,
        internal: bool,
    ) -> Result<Found, Missing> {
        if let Some(target) = map.get(name).filter(|_| plain) {
            return self.target(Match { package, key: name, star: None, internal }, target);
        }
        let mut best: Option<(&str, &str)> = None;
        for key in map.keys() {
            let Some((before, behind)) = key.split_once('*') else { continue };
            let fits = name.starts_with(before)
                && !behind.contains('*')
                && name.len() >= key.len()
                && name.ends_with(behind);
            let longer = |(known, _): (&str, &str)| {
                let base = |key: &str| key.find('*').unwrap_or(key.len());
                (base(key), key.len()) > (base(known), known.len())
            };
            if fits && best.is_none_or(longer) {
                best = Some((key, &name[before.len()..name.len() - behind.len()]));
            }
        }
        match best {
            Some((key, star)) => {
                self.target(Match { package, key, star: Some(star), internal }, &map[key])
            }
            None => Ok(None),
        }
    }

    fn target(&self, of: Match<'_>, target: &Value) -> Result<Found, Missing> {
        match target {
            Value::String(text) => self.text_target(of, text).map(|aim| Some(Some(aim))),
            Value::Null => Ok(Some(None)),
            Value::Array(list) => {
                let mut last = Ok(Some(None));
                for item in list {
                    match self.target(of, item) {
                        Ok(None) => {}
                        Ok(Some(None)) => last = Ok(Some(None)),
                        Ok(found) => return Ok(found),
                        Err(missing) if missing.code() == BAD_TARGET => last = Err(missing),
                        Err(missing) => return Err(missing),
                    }
                }
                last
            }
            Value::Object(map) => {
                if map.keys().any(|key| key.parse::<u32>().is_ok_and(|it| it.to_string() == *key)) {
                    let why = "\"exports\" cannot contain numeric property keys.";
                    return Err(self.bad_package(of.package, why));
                }
                for (key, target) in map {
                    if (key == "default" || self.conditions.contains(&key.as_str()))
                        && let Some(found) = self.target(of, target)?
                    {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            }
            other => Err(self.bad_target(of, &other.to_string(), !of.internal)),
        }
    }

    fn text_target(&self, of: Match<'_>, target: &str) -> Result<Aim, Missing> {
        let filled = |star: &str| target.replace('*', star);
        let Some(path) = target.strip_prefix("./") else {
            let name = of.internal && !target.starts_with("../") && !target.starts_with('/');
            if name && url::Url::parse(target).is_err() {
                return Ok(Aim::Name(of.star.map_or_else(|| target.to_owned(), filled)));
            }
            return Err(self.bad_target(of, target, !of.internal && !target.is_empty()));
        };
        if has_bad_segment(path) {
            return Err(self.bad_target(of, target, false));
        }
        if let Some(star) = of.star.filter(|star| has_bad_segment(star)) {
            let (name, what) =
                (of.key.replace('*', star), if of.internal { "imports" } else { "exports" });
            let text = format!(
                "Invalid module \"{name}\" request is not a valid match in pattern \"{}\" for the \"{what}\" resolution of {}{}",
                of.key,
                of.package.path.display(),
                self.imported()
            );
            return Err(Missing::type_error(BAD_SPECIFIER, text));
        }
        let path = of.star.map_or_else(|| path.to_owned(), |star| path.replace('*', star));
        Ok(Aim::Path(format!("{}/{path}", of.package.folder().display())))
    }

    fn bad_target(&self, of: Match<'_>, target: &str, relative: bool) -> Missing {
        let place = of.package.path.display();
        let target = Value::from(target);
        let hint = if relative { "; targets must start with \"./\"" } else { "" };
        let what = if of.internal { "imports" } else { "exports" };
        let text = match of.key {
            "." => format!(
                "Invalid \"exports\" main target {target} defined in the package config {place}"
            ),
            key => format!(
                "Invalid \"{what}\" target {target} defined for '{key}' in the package config {place}"
            ),
        };
        Missing::error(BAD_TARGET, text + &self.imported() + hint)
    }
}

/// Whether a path has a part that leads out of its folder, or into other packages.
fn has_bad_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| {
        let part = decoded(part).to_ascii_lowercase();
        matches!(part.as_str(), "." | ".." | "node_modules")
    })
}

/// A text without its escapes (`%20`).
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let escape = behind.get(..2).filter(|_| *first == b'%');
        let code =
            escape.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Whether a path has an escaped separator.
pub(super) fn has_escaped_separator(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.contains("%2f") || path.contains("%5c")
}

/// The URL of a file.
pub(crate) fn file_url(path: &Path) -> String {
    url::Url::from_file_path(path)
        .map_or_else(|()| format!("file://{}", path.display()), String::from)
}

/// The path of a file's URL, or of what is one already.
pub(super) fn url_path(url: &str) -> String {
    match url.strip_prefix("file://") {
        Some(path) => decoded(path.split(['?', '#']).next().unwrap_or(path)),
        None => url.to_owned(),
    }
}

/// A path without `.`, `..` and double separators.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(result.pop()),
            part => result.push(part),
        }
    }
    result
}
