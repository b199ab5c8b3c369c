//! Finding the modules that a module requests, and all that these request.

use super::common_js::Exports;
use super::packages::{Missing, Target};
use super::record::{Body, ModuleId, Part, Record};
use super::resolve::{Resolver, query};
use super::targets::{file_url, url_path};
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::known;
use crate::objects::layout::tag;
use crate::parse::Goal;
use crate::thrown::Outcome;
use heap_model::{Kind, Value};
use std::path::{Path, PathBuf};
use stream_backpressure::Encoding;

impl Machine {
    /// What a specifier in a file names, or Node's error; of a file that may lack, its URL.
    fn find_module(
        &mut self,
        specifier: &str,
        referrer: &str,
        may_lack: bool,
    ) -> Outcome<Result<Target, String>> {
        let from = url_path(referrer);
        let bare = specifier.strip_prefix("node:").unwrap_or(specifier);
        if self.modules.builtin.iter().any(|module| module.name == bare) {
            return Ok(Ok(Target::Node(bare.to_owned())));
        }
        if specifier.starts_with("node:") || self.modules.not_supported.contains(&bare) {
            return self.throw_unknown_builtin(bare);
        }
        if specifier.starts_with("data:") {
            return match url::Url::parse(specifier) {
                Ok(url) => Ok(Ok(Target::Data(url.into()))),
                Err(_) => self.throw_invalid_url(specifier),
            };
        }
        let known = specifier.starts_with("file://") || specifier.starts_with('#');
        if let Some(scheme) = scheme(specifier).filter(|_| !known) {
            let text = format!(
                "Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received \
                 protocol '{scheme}:'"
            );
            let code = "ERR_UNSUPPORTED_ESM_URL_SCHEME";
            return self.throw_node_error(ErrorKind::Error, code, &text);
        }
        if referrer.starts_with("data:") && !known {
            let text = format!(
                "Failed to resolve module specifier \"{specifier}\" from \"{referrer}\": Invalid relative URL or \
                 base scheme is not hierarchical."
            );
            let code = "ERR_UNSUPPORTED_RESOLVE_REQUEST";
            return self.throw_node_error(ErrorKind::TypeError, code, &text);
        }
        let from = match from.starts_with('/') {
            true => PathBuf::from(from),
            false => {
                let main = self.es_modules.main.clone();
                main.unwrap_or_else(|| self.options.directory.join("[eval1]"))
            }
        };
        match self.resolver(|resolver| resolver.import(specifier, &from)) {
            Ok(target) => Ok(Ok(target)),
            Err(Missing::Refused { url: Some(url), .. }) if may_lack => Ok(Err(url)),
            Err(Missing::Broken(package)) => {
                let from = from.display();
                let place = format!(
                    "Invalid package config {} while importing \"{specifier}\" from {from}.",
                    package.display()
                );
                self.throw_broken_package(&package, &place)
            }
            Err(missing) => self.throw_missing(missing, Vec::new()),
        }
    }

    /// The URL that a specifier in a file stands for.
    pub(crate) fn module_url(&mut self, specifier: &str, referrer: &str) -> Outcome<String> {
        Ok(match self.find_module(specifier, referrer, true)? {
            Ok(Target::Node(name)) => format!("node:{name}"),
            Ok(Target::File(path)) => file_url(&path) + query(specifier),
            Ok(Target::Data(url)) | Err(url) => url,
        })
    }

    /// The module that a specifier names, not yet linked; what it requests may not be there.
    pub(crate) fn requested_module(
        &mut self,
        specifier: &str,
        kind: Option<&str>,
        referrer: &str,
    ) -> Outcome<ModuleId> {
        match self.find_module(specifier, referrer, false)? {
            Err(url) => self.throw_unknown_builtin(&url),
            Ok(Target::Node(name)) => {
                self.check_attribute(kind, false, &format!("node:{name}"))?;
                self.node_es_module(&name)
            }
            Ok(Target::Data(url)) => self.data_module(url, kind),
            Ok(Target::File(path)) => {
                let is_json = path.extension().is_some_and(|end| end == "json");
                let url = file_url(&path) + query(specifier);
                self.check_attribute(kind, is_json, &url)?;
                if let Some(id) = self.es_modules.places.get(&url) {
                    return Ok(*id);
                }
                let text = match std::fs::read(&path) {
                    Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                    Err(error) => {
                        let shown = path.display().to_string();
                        return self.throw_system_error(&error, "open", Some(&shown));
                    }
                };
                let end = path.extension().and_then(|end| end.to_str());
                if !matches!(end, None | Some("js" | "mjs" | "cjs" | "json")) {
                    let text = format!(
                        "Unknown file extension \".{}\" for {}",
                        end.unwrap_or_default(),
                        path.display()
                    );
                    let code = "ERR_UNKNOWN_FILE_EXTENSION";
                    return self.throw_node_error(ErrorKind::TypeError, code, &text);
                }
                if is_json {
                    self.json_module(url, &path, &text)
                } else if self.is_module_file(&path, self.es_modules.all_files)
                    || self.is_module_by_text(&path, &text)
                {
                    self.source_module(url, &text)
                } else {
                    self.common_js_module(url, path, &text)
                }
            }
        }
    }

    /// Throws if the attribute `type` is not what a module has.
    fn check_attribute(&mut self, kind: Option<&str>, is_json: bool, url: &str) -> Outcome {
        let (code, text) = match kind {
            Some("json") if !is_json => (
                "ERR_IMPORT_ASSERTION_TYPE_FAILED",
                format!("Module \"{url}\" is not of type \"json\""),
            ),
            None if is_json => (
                "ERR_IMPORT_ASSERTION_TYPE_MISSING",
                format!("Module \"{url}\" needs an import attribute of type \"json\""),
            ),
            Some("json") | None => return Ok(()),
            Some(kind) => (
                "ERR_IMPORT_ASSERTION_TYPE_UNSUPPORTED",
                format!("Import attribute type \"{kind}\" is unsupported"),
            ),
        };
        self.throw_node_error(ErrorKind::TypeError, code, &text)
    }

    /// The module of a `data:` URL.
    fn data_module(&mut self, url: String, kind: Option<&str>) -> Outcome<ModuleId> {
        let parsed = url::Url::parse(&url).ok();
        let Some(data) = parsed.as_ref().and_then(|url| Data::of(url.path())) else {
            return self.throw_invalid_url(&url);
        };
        let is_json = data.kind == "application/json";
        if !is_json && !data.kind.trim().to_ascii_lowercase().ends_with("/javascript") {
            let text = format!("Unknown module format: {} for URL {url}", data.kind);
            return self.throw_node_error(
                ErrorKind::RangeError,
                "ERR_UNKNOWN_MODULE_FORMAT",
                &text,
            );
        }
        self.check_attribute(kind, is_json, &url)?;
        if let Some(id) = self.es_modules.places.get(&url) {
            return Ok(*id);
        }
        let text = data.text();
        match is_json {
            true => self.json_module(url.clone(), Path::new(&url), &text),
            false => self.source_module(url, &text),
        }
    }

    fn throw_invalid_url<T>(&mut self, url: &str) -> Outcome<T> {
        let thrown = self.throw_node_error(ErrorKind::TypeError, "ERR_INVALID_URL", "Invalid URL");
        self.scoped(|machine| {
            let error = machine.temps(2)?;
            machine.load_root(error, roots::EXCEPTION);
            machine.new_text(error + 1, url)?;
            machine.put(error, "input", error + 1)
        })?;
        thrown
    }

    fn add_module(&mut self, record: Record) -> ModuleId {
        let id = self.es_modules.records.len();
        self.es_modules.places.insert(record.url.clone(), id);
        self.es_modules.records.push(record);
        id
    }

    /// A module of source text.
    pub(crate) fn source_module(&mut self, url: String, text: &str) -> Outcome<ModuleId> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        self.scoped(|machine| {
            let function = machine.temp()?;
            machine.compile_function(function, &url, text, Goal::Module)?;
            let code = machine.code_of(function).unwrap_or(0);
            let template = machine.codes.template(code).cloned();
            let parts = template.and_then(|template| template.module.clone());
            let Some(parts) = parts else {
                return Err(heap_model::AccessError::WrongKind.into());
            };
            let id = machine.add_module(Record::new(url, Body::Source { code, parts }));
            machine.store_module(id, Part::Body, function)?;
            Ok(id)
        })
    }

    /// A module whose exports are the properties of a module of Node's.
    fn node_es_module(&mut self, name: &str) -> Outcome<ModuleId> {
        let url = format!("node:{name}");
        if let Some(id) = self.es_modules.places.get(&url) {
            return Ok(*id);
        }
        self.scoped(|machine| {
            let exports = machine.temps(2)?;
            let value = exports + 1;
            machine.node_module(exports, name)?;
            let mut names = Vec::new();
            for key in machine.own_keys(exports, false)? {
                names.push(machine.key_text(key));
            }
            let id = machine.synthetic_module(url, Body::Node, names)?;
            machine.fill_synthetic(id, exports, value)?;
            Ok(id)
        })
    }

    fn json_module(&mut self, url: String, path: &Path, text: &str) -> Outcome<ModuleId> {
        self.scoped(|machine| {
            let value = machine.temps(2)?;
            machine.json_file(value, &path.display().to_string(), text)?;
            let id = machine.synthetic_module(url, Body::Node, Vec::new())?;
            machine.fill_synthetic(id, value, value + 1)?;
            Ok(id)
        })
    }

    fn common_js_module(&mut self, url: String, path: PathBuf, text: &str) -> Outcome<ModuleId> {
        let mut names = Vec::new();
        self.resolver(|resolver| gather_names(resolver, &path, text, &mut names, &mut Vec::new()));
        self.synthetic_module(url, Body::CommonJs(path), names)
    }

    /// A module with a `default` and some names, whose values are not there yet.
    fn synthetic_module(
        &mut self,
        url: String,
        body: Body,
        mut names: Vec<String>,
    ) -> Outcome<ModuleId> {
        names.retain(|name| name != "default");
        names.insert(0, "default".to_owned());
        let mut record = Record::new(url, body);
        record.requested = Some(Vec::new());
        let units = names.iter().map(|name| crate::objects::atoms::units(name));
        record.names = units.zip(2_u16..).collect();
        let slots = 2 + names.len();
        let id = self.add_module(record);
        self.scoped(|machine| {
            let context = machine.temp()?;
            let mut registers = machine.registers();
            registers.alloc_tagged(context, Kind::Context, tag(0), slots, 0)?;
            registers.store_value(context, crate::objects::layout::SCOPE, Value::Smi(-1))?;
            for slot in 2..slots {
                registers.store_value(context, slot, Value::Hole)?;
            }
            machine.store_module(id, Part::Context, context)
        })?;
        Ok(id)
    }

    /// Gives a module its values: the exports as `default`, and their properties.
    pub(super) fn fill_synthetic(&mut self, id: ModuleId, exports: R, value: R) -> Outcome {
        let names = self.es_modules.records[id].names.clone();
        self.scoped(|machine| {
            let context = machine.temp()?;
            machine.load_module_part(context, id, Part::Context)?;
            for (name, slot) in names {
                let atom = machine.atoms.intern(&name);
                if atom == known::DEFAULT {
                    machine.copy(value, exports);
                } else if machine.is_object(exports) {
                    let key = machine.key_of(&name);
                    machine.get(value, exports, key)?;
                } else {
                    machine.undefined(value);
                }
                machine.registers().store(context, usize::from(slot), value)?;
            }
            Ok(())
        })
    }

    /// Finds all that a module requests, and all that these request.
    pub(crate) fn load_graph(&mut self, id: ModuleId) -> Outcome {
        let (mut next, mut seen) = (vec![id], vec![id]);
        while let Some(id) = next.pop() {
            if self.es_modules.records[id].requested.is_none() {
                let url = self.es_modules.records[id].url.clone();
                let parts = self.es_modules.records[id].source();
                let requests = parts.map(|parts| parts.requests.clone()).unwrap_or_default();
                let mut found = Vec::new();
                for (specifier, kind) in &requests {
                    found.push(self.requested_module(specifier, kind.as_deref(), &url)?);
                }
                self.es_modules.records[id].requested = Some(found);
            }
            let requested = self.es_modules.records[id].requested.clone().unwrap_or_default();
            for other in requested.into_iter().rev() {
                if !seen.contains(&other) {
                    seen.push(other);
                    next.push(other);
                }
            }
        }
        Ok(())
    }

    // -- the table of values ------------------------------------------------------------------------------------

    pub(crate) fn load_module_part(&mut self, to: R, id: ModuleId, part: Part) -> Outcome {
        self.load_root(to, roots::ES_MODULES);
        Ok(self.registers().load(to, to, id * super::record::PARTS + part as usize)?)
    }

    pub(crate) fn store_module(&mut self, id: ModuleId, part: Part, from: R) -> Outcome {
        self.scoped(|machine| {
            let table = machine.temp()?;
            machine.load_root(table, roots::ES_MODULES);
            // The last part, too, so that all can be read.
            let last = (id + 1) * super::record::PARTS - 1;
            let room = machine.registers().view(table).map_or(0, |cell| cell.slot_count());
            if last >= room {
                let nothing = machine.temp()?;
                machine.put_in_table(table, last, nothing, roots::ES_MODULES)?;
                machine.load_root(table, roots::ES_MODULES);
            }
            let place = id * super::record::PARTS + part as usize;
            machine.put_in_table(table, place, from, roots::ES_MODULES)
        })
    }
}

/// The names that a CommonJS file exports, and those of the files that it exports as its own.
fn gather_names(
    resolver: Resolver<'_>,
    path: &Path,
    text: &str,
    names: &mut Vec<String>,
    seen: &mut Vec<PathBuf>,
) {
    if seen.iter().any(|known| known == path) {
        return;
    }
    seen.push(path.to_owned());
    let found = Exports::of(text);
    names.extend(found.names.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
    let Some(directory) = path.parent() else { return };
    for other in found.others {
        let Ok(path) = resolver.require(&other, directory, "") else { continue };
        let is_code = path.extension().is_none_or(|end| end == "js" || end == "cjs");
        if let (true, Ok(text)) = (is_code, std::fs::read_to_string(&path)) {
            gather_names(resolver, &path, &text, names, seen);
        }
    }
}

/// What a `data:` URL has behind its scheme.
struct Data<'u> {
    kind: &'u str,
    is_base64: bool,
    body: &'u str,
}

impl<'u> Data<'u> {
    fn of(path: &'u str) -> Option<Self> {
        let (head, body) = path.split_once(',')?;
        let (kind, rest) = head.split_at(head.find(';').unwrap_or(head.len()));
        let (before, after) = kind.split_once('/')?;
        let valid = !before.is_empty() && !after.is_empty();
        valid.then(|| Self { kind, is_base64: rest.ends_with(";base64"), body })
    }

    fn text(&self) -> String {
        let text = super::targets::decoded(self.body);
        match Encoding::named("base64") {
            Ok(encoding) if self.is_base64 => {
                String::from_utf8_lossy(&encoding.decode(&text)).into_owned()
            }
            _ => text,
        }
    }
}

/// The scheme of a specifier that is a URL of none of those that are known.
fn scheme(specifier: &str) -> Option<&str> {
    let (scheme, _) = specifier.split_once(':')?;
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (valid && scheme != "data").then_some(scheme)
}
