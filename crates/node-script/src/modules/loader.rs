//! The loader of CommonJS files that programs see: `require.cache`, `module.children`, `require('module')`.
//!
//! It is a file of the library, `module`, with objects of its own, which most programs never look at. So the engine loads files
//! by itself until a program asks for that module, or until the text of a file names what only it has; then it hands over
//! the modules that are there, and each `require` and the rest of the program's files go through that file.

use crate::builtins::Method;
use crate::compile::op::ErrorKind;
use crate::machine::{Machine, R, roots};
use crate::objects::code::Arguments;
use crate::thrown::Outcome;
use std::path::{Path, PathBuf};

/// What the file of the library has of the engine.
const METHODS: &[Method] = &[
    ("addon", 1, |machine, arguments| {
        let path = machine.string_of(arguments.at(0))?;
        machine.throw_addon(Path::new(&path))
    }),
    ("builtin", 1, |machine, arguments| {
        let name = machine.string_of(arguments.at(0))?;
        machine.require_node_module(0, &name)?;
        Ok(0)
    }),
    ("compile", 3, compile),
    ("enter", 1, |machine, arguments| {
        let path = machine.string_of(arguments.at(0))?;
        machine.module_stack.push(path);
        machine.give_undefined()
    }),
    ("esm", 2, |machine, arguments| {
        let path = machine.string_of(arguments.at(0))?;
        let from = machine.string_of(arguments.at(1))?;
        machine.module_stack.push(from);
        let required = machine.require_es_module(0, Path::new(&path));
        machine.module_stack.pop();
        required?;
        Ok(0)
    }),
    ("find", 3, find),
    ("isEsm", 1, |machine, arguments| {
        let path = machine.string_of(arguments.at(0))?;
        let is = machine.is_module_file(Path::new(&path), false);
        machine.give_bool(is)
    }),
    ("isFile", 1, |machine, arguments| {
        let path = machine.string_of(arguments.at(0))?;
        machine.give_bool(Path::new(&path).is_file())
    }),
    ("json", 1, |machine, arguments| {
        let path = machine.string_of(arguments.at(0))?;
        let text = machine.read_module(Path::new(&path))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        machine.json_file(0, &path, text)?;
        Ok(0)
    }),
    ("leave", 0, |machine, _| {
        machine.module_stack.pop();
        machine.give_undefined()
    }),
    ("main", 0, |machine, _| {
        machine.load_root(0, roots::MAIN_MODULE);
        Ok(0)
    }),
    ("read", 1, |machine, arguments| {
        let path = machine.string_of(arguments.at(0))?;
        let text = machine.read_module(Path::new(&path))?;
        machine.give_text(text.strip_prefix('\u{feff}').unwrap_or(&text))
    }),
    ("refuses", 1, |machine, arguments| {
        let name = machine.string_of(arguments.at(0))?;
        let bare = name.strip_prefix("node:").unwrap_or(&name);
        let known = machine.modules.builtin.iter().any(|module| module.name == bare);
        machine.give_bool(!known)
    }),
    ("setMain", 1, |machine, arguments| {
        machine.store_root(roots::MAIN_MODULE, arguments.at(0));
        machine.give_undefined()
    }),
    ("takeOver", 1, take_over),
];

impl Machine {
    /// The module `module`.
    pub(crate) fn make_loader(&mut self, to: R) -> Outcome {
        self.share_object_with_library("loader", METHODS)?;
        self.library(to, "module")
    }

    /// Lets the library's loader take over if the text of a file names what only that has. Whether it has.
    pub(super) fn hand_over_for(&mut self, text: &str) -> Outcome<bool> {
        if !self.modules.handed_over && names_the_loader(text) {
            self.scoped(|machine| {
                let module = machine.temp()?;
                machine.node_module(module, "module").map(drop)
            })?;
        }
        Ok(self.modules.handed_over)
    }

    /// Calls a function of the loader that has taken over with texts.
    pub(crate) fn ask_loader(&mut self, to: R, name: &str, given: [&str; 2]) -> Outcome {
        self.scoped(|machine| {
            let loader = machine.temps(3)?;
            let (first, second) = (loader + 1, loader + 2);
            machine.load_root(loader, roots::MODULE_LOADER);
            machine.new_text(first, given[0])?;
            machine.new_text(second, given[1])?;
            let name = machine.atoms.intern_str(name);
            machine.call_method(to, loader, name, &[first, second])
        })
    }

    /// The text of a module's file.
    pub(super) fn read_module(&mut self, path: &Path) -> Outcome<String> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => {
                let shown = path.to_string_lossy();
                self.throw_system_error(&error, "open", Some(&shown))
            }
        }
    }

    pub(super) fn throw_addon<T>(&mut self, path: &Path) -> Outcome<T> {
        let message = format!("{}: an addon of machine code is not supported", path.display());
        self.throw_node_error(ErrorKind::Error, "ERR_DLOPEN_FAILED", &message)
    }
}

/// `find(request, folder, requirers)`: the path of a file or the name of a module of Node's. Without a folder there is none.
fn find(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let request = machine.string_of(arguments.at(0))?;
    let mut stack = machine.rust_strings(arguments.at(2))?;
    stack.reverse();
    if !machine.is_string(arguments.at(1)) {
        return machine.throw_module_not_found(&request, stack);
    }
    let folder = PathBuf::from(machine.string_of(arguments.at(1))?);
    let found = machine.find_required(&request, &folder, stack)?;
    machine.give_text(&found.text())
}

/// `compile(filename, text, isMain)`: the function of a CommonJS file; undefined if the text is an ECMAScript module.
fn compile(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let name = machine.string_of(arguments.at(0))?;
    let text = machine.string_of(arguments.at(1))?;
    let is_main = machine.to_boolean(arguments.at(2));
    let goal = crate::parse::Goal::Body { parameters: &super::PARAMETERS };
    match machine.compile_function(0, &name, &text, goal) {
        Err(_) if !is_main && machine.is_module_by_text(Path::new(&name), &text) => {
            (machine.syntax_error, machine.thrown_at) = (None, None);
            machine.give_undefined()
        }
        compiled => machine.decorated(compiled).map(|()| 0),
    }
}

/// `takeOver(loader)`: each module that is there with its path and the path of the file that has required it first.
fn take_over(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    machine.store_root(roots::MODULE_LOADER, arguments.at(0));
    machine.modules.handed_over = true;
    let mut files: Vec<(String, usize)> =
        machine.modules.places.iter().map(|(name, place)| (name.clone(), *place)).collect();
    files.retain(|(name, _)| Path::new(name).is_absolute());
    files.sort_by_key(|(_, place)| *place);
    let list = machine.temps(5)?;
    let (row, name, module, parent) = (list + 1, list + 2, list + 3, list + 4);
    machine.new_array(list, files.len())?;
    for (number, (file, place)) in files.into_iter().enumerate() {
        machine.load_root(module, roots::MODULES);
        machine.registers().load(module, module, place)?;
        let requirer = machine.modules.requirers.get(&file).cloned().unwrap_or_default();
        machine.new_text(name, &file)?;
        machine.new_text(parent, &requirer)?;
        machine.array_of(row, &[name, module, parent])?;
        machine.define_element(list, number as u32, row, crate::objects::class::Flags::PLAIN)?;
    }
    Ok(list)
}

/// Whether a text looks at the loader: it names properties of `require` or of `module` that are no part of loading a file, or
/// passes `module` on.
fn names_the_loader(text: &str) -> bool {
    let after = |place: usize| text[place..].trim_start();
    let spelled = |word: &str, looks: fn(&str, &str) -> bool| {
        text.match_indices(word).any(|(place, _)| {
            let before = &text[text[..place].rfind('\n').map_or(0, |line| line + 1)..place];
            let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
            let rest = &text[place + word.len()..];
            let name = !before.ends_with(|c| part(c) || matches!(c, '.' | '\'' | '"' | '`' | '/'))
                && !rest.starts_with(part);
            name && looks(before, after(place + word.len()))
        })
    };
    spelled("require", |_, rest| {
        ["cache", "extensions", "resolve.paths"].iter().any(|word| {
            let member = rest.strip_prefix('.').map(str::trim_start);
            member.is_some_and(|member| member.starts_with(word)) || bracketed(rest, word)
        })
    }) || spelled("module", |before, rest| {
        let comment = before.trim_start();
        if comment.starts_with(['*', '/']) || comment.contains("//") {
            return false;
        }
        match rest.strip_prefix('.') {
            Some(member) => {
                let member = member.trim_start();
                let known = ["exports", "id", "filename", "loaded"];
                member.starts_with(|c: char| c.is_alphabetic() || c == '_')
                    && !known.iter().any(|word| member.starts_with(word))
            }
            None => {
                let compared =
                    before.trim_end().ends_with('=') || before.trim_end().ends_with("typeof");
                rest.starts_with([')', ',', '[']) && !compared
            }
        }
    })
}

/// Whether a text begins with a word in quotes and brackets.
fn bracketed(text: &str, word: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.trim_start().strip_prefix(['\'', '"']));
    inner.is_some_and(|inner| inner.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::names_the_loader;

    #[test]
    fn only_texts_that_look_at_the_loader_name_it() {
        for text in [
            "delete require.cache[require.resolve('./a')]",
            "require . extensions['.txt'] = f",
            "require['cache']",
            "require.resolve.paths('x')",
            "console.log(module.children.length)",
            "show(module)",
            "f(a, module, b)",
            "module['parent']",
            "if (!module.parent) run();",
        ] {
            assert!(names_the_loader(text), "{text}");
        }
        for text in [
            "module.exports = 1; require('x').cache; require.resolve('a')",
            "if (require.main === module) run();",
            "typeof module === 'object' && module.exports ? f() : g()",
            "if (typeof module !== 'undefined' && module.exports) {}",
            "// a module, which is (one module) of many",
            " * the module, too",
            "import('module'), x.module(1), my_module(2), 'module', require('./module')",
            "const { children } = tree; cache.get(parent)",
        ] {
            assert!(!names_the_loader(text), "{text}");
        }
    }
}
