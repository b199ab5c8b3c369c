//! ECMAScript modules.
//!
//! A module becomes two functions: the outer has all its declarations, so that they are there before any module of a
//! cycle runs, and gives the inner, an arrow function whose statements are the module's. All variables of the outer
//! are in its context, where other modules find them.

use super::function::{Parts, parts};
use super::{Around, Lower, Lowered, at};
use crate::parse::error::ParseError;
use crate::parse::names::Name;
use crate::parse::scope::{BindingKind, ScopeKind};
use crate::parse::tree::{
    At, Body, Declarator, Export, Function, FunctionKind, Import, Kind, ModuleParts, Request,
    Statement, Target,
};
use boa_ast::declaration::{
    Declaration, ExportDeclaration, ImportAttribute, ImportKind, ModuleSpecifier, ReExportKind,
};
use boa_ast::expression::Identifier;
use boa_ast::operations::{bound_names, var_declared_names};
use boa_ast::{Module, ModuleItem, Spanned, StatementListItem};
use boa_interner::Sym;
use std::cell::Cell;

/// The variable of a default export that has no name.
const DEFAULT: &str = "*default*";

impl<'a> Lower<'a> {
    pub(in crate::parse) fn module(
        &mut self,
        module: &Module,
    ) -> Lowered<(&'a Function<'a>, ModuleParts)> {
        let outer = self.scopes.add(ScopeKind::Function { arrow: false }, None);
        self.scope = outer;
        self.scopes.get_mut(outer).module = true;
        let kind = FunctionKind::Normal;
        self.functions.push(Around { kind, strict: true, assigned: 0, uses_super: false });
        let mut parts = ModuleParts::default();
        let meta = self.scopes.hidden.meta;
        self.scopes.declare(outer, meta, BindingKind::Const, At::default());
        for name in var_declared_names(module) {
            self.declare(name, BindingKind::Var, At::default());
        }
        for item in module.items().items() {
            self.declare_item(item, &mut parts)?;
        }
        for item in module.items().items() {
            self.declared_functions(item)?;
        }
        let inner = self.module_body(module)?;
        self.functions.pop();
        let place = At { line: 1, column: 1 };
        let inner = self.node(place, Kind::Function(inner));
        let body = self.list(vec![Statement::Return(Some(inner))]);
        let function = self.module_function(kind, outer, body, false);
        Ok((function, parts))
    }

    fn module_function(
        &self,
        kind: FunctionKind,
        scope: crate::parse::scope::ScopeId,
        body: &'a [Statement<'a>],
        is_async: bool,
    ) -> &'a Function<'a> {
        self.arena.alloc(Function {
            at: At { line: 1, column: 1 },
            kind,
            is_async,
            is_generator: false,
            strict: true,
            name: None,
            own_name: None,
            parameters: &[],
            rest: None,
            length: 0,
            scope,
            body: Body::Statements(body),
            text: (0, self.text.len() as u32),
            assigned: Cell::new(0),
            uses_super: false,
        })
    }

    /// The module's statements, as an arrow function: an asynchronous one if it awaits.
    fn module_body(&mut self, module: &Module) -> Lowered<&'a Function<'a>> {
        self.inside(ScopeKind::Function { arrow: true }, |this, scope| {
            this.module_body = Some(scope);
            this.awaits = false;
            let kind = FunctionKind::Arrow;
            this.functions.push(Around { kind, strict: true, assigned: 0, uses_super: false });
            let mut list = Vec::new();
            for item in module.items().items() {
                if let Some(statement) = this.module_item(item)? {
                    list.push(statement);
                }
            }
            this.functions.pop();
            let body = this.list(list);
            Ok(this.module_function(kind, scope, body, this.awaits))
        })
    }

    fn request(&mut self, specifier: ModuleSpecifier, attributes: &[ImportAttribute]) -> Request {
        let kind = self.names.of("type");
        let found = attributes.iter().find(|attribute| Name(attribute.key()) == kind);
        Request {
            specifier: Name(specifier.sym()),
            kind: found.map(|attribute| Name(attribute.value())),
        }
    }

    /// Declares what an item declares, and notes what it imports and exports.
    fn declare_item(&mut self, item: &ModuleItem, parts: &mut ModuleParts) -> Lowered<()> {
        match item {
            ModuleItem::StatementListItem(item) => {
                self.declare_list(std::slice::from_ref(item));
            }
            ModuleItem::ImportDeclaration(import) => {
                let request = self.request(import.specifier(), import.attributes());
                let request = parts.request(request);
                let mut add = |this: &mut Self, name: Option<Sym>, local: Sym, at: At| {
                    let kind = match name {
                        Some(_) => BindingKind::Import,
                        None => BindingKind::Const,
                    };
                    this.declare(local, kind, at);
                    let name = name.map(Name);
                    parts.imports.push(Import { request, name, local: Name(local), at });
                };
                if let Some(default) = import.default() {
                    add(self, Some(Sym::DEFAULT), default.sym(), at(&default));
                }
                match import.kind() {
                    ImportKind::DefaultOrUnnamed => {}
                    ImportKind::Namespaced { binding } => {
                        add(self, None, binding.sym(), at(binding));
                    }
                    ImportKind::Named { names } => {
                        for name in names {
                            let local = name.binding();
                            add(self, Some(name.export_name()), local.sym(), at(&local));
                        }
                    }
                }
            }
            ModuleItem::ExportDeclaration(export) => self.declare_export(export, parts)?,
        }
        Ok(())
    }

    fn declare_export(
        &mut self,
        export: &ExportDeclaration,
        parts: &mut ModuleParts,
    ) -> Lowered<()> {
        let mut local = |name: Sym, local: Name| {
            parts.exports.push(Export::Local { name: Name(name), local });
        };
        match export {
            ExportDeclaration::ReExport { kind, specifier, attributes } => {
                let request = self.request(*specifier, attributes);
                let request = parts.request(request);
                match kind {
                    ReExportKind::Namespaced { name: None } => {
                        parts.exports.push(Export::Star { request });
                    }
                    ReExportKind::Namespaced { name: Some(name) } => {
                        let name = Name(*name);
                        parts.exports.push(Export::Indirect { name, request, from: None });
                    }
                    ReExportKind::Named { names } => {
                        for item in names {
                            let (name, from) = (Name(item.alias()), Name(item.private_name()));
                            let from = Some(from);
                            parts.exports.push(Export::Indirect { name, request, from });
                        }
                    }
                }
            }
            ExportDeclaration::List(names) => {
                for item in names {
                    local(item.alias(), Name(item.private_name()));
                }
            }
            ExportDeclaration::VarStatement(list) => {
                for name in bound_names(list) {
                    local(name, Name(name));
                }
            }
            ExportDeclaration::Declaration(declaration) => {
                for name in bound_names(declaration) {
                    local(name, Name(name));
                }
                let item = StatementListItem::Declaration(Box::new(declaration.clone()));
                self.declare_list(std::slice::from_ref(&item));
            }
            ExportDeclaration::DefaultFunctionDeclaration(function) => {
                let name = self.declare_default(function.name().sym(), BindingKind::Function);
                local(Sym::DEFAULT, name);
            }
            ExportDeclaration::DefaultGeneratorDeclaration(function) => {
                let name = self.declare_default(function.name().sym(), BindingKind::Function);
                local(Sym::DEFAULT, name);
            }
            ExportDeclaration::DefaultAsyncFunctionDeclaration(function) => {
                let name = self.declare_default(function.name().sym(), BindingKind::Function);
                local(Sym::DEFAULT, name);
            }
            ExportDeclaration::DefaultAsyncGeneratorDeclaration(function) => {
                let name = self.declare_default(function.name().sym(), BindingKind::Function);
                local(Sym::DEFAULT, name);
            }
            ExportDeclaration::DefaultClassDeclaration(class) => {
                let name = self.declare_default(class.name().sym(), BindingKind::Class);
                local(Sym::DEFAULT, name);
            }
            ExportDeclaration::DefaultAssignmentExpression(_) => {
                let name = self.names.of(DEFAULT);
                self.scopes.declare(self.scope, name, BindingKind::Let, At::NEVER);
                local(Sym::DEFAULT, name);
            }
        }
        Ok(())
    }

    /// The variable of a default export: of one without a name, no program can spell it.
    fn declare_default(&mut self, name: Sym, kind: BindingKind) -> Name {
        let name = self.default_name(name);
        self.scopes.declare(self.scope, name, kind, At::default());
        name
    }

    fn default_name(&mut self, name: Sym) -> Name {
        if name == Sym::DEFAULT { self.names.of(DEFAULT) } else { Name(name) }
    }

    /// Makes the functions that are there before the module runs.
    fn declared_functions(&mut self, item: &ModuleItem) -> Lowered<()> {
        macro_rules! hoist {
            ($f:expr, $is_async:expr, $is_generator:expr) => {{
                let name = $f.name();
                let place = at(&name);
                let normal = FunctionKind::Normal;
                let parts = parts!($f, normal, $is_async, $is_generator, Some(name), false, place);
                let function = self.function(&parts)?;
                let target = self.default_name(name.sym());
                let target = self.use_name(target, place);
                self.scopes.get_mut(self.scope).functions.push((target, function));
            }};
        }
        let declaration = match item {
            ModuleItem::StatementListItem(StatementListItem::Declaration(declaration)) => {
                declaration
            }
            ModuleItem::ExportDeclaration(export) => match &**export {
                ExportDeclaration::Declaration(declaration) => declaration,
                ExportDeclaration::DefaultFunctionDeclaration(f) => {
                    hoist!(f, false, false);
                    return Ok(());
                }
                ExportDeclaration::DefaultGeneratorDeclaration(f) => {
                    hoist!(f, false, true);
                    return Ok(());
                }
                ExportDeclaration::DefaultAsyncFunctionDeclaration(f) => {
                    hoist!(f, true, false);
                    return Ok(());
                }
                ExportDeclaration::DefaultAsyncGeneratorDeclaration(f) => {
                    hoist!(f, true, true);
                    return Ok(());
                }
                _ => return Ok(()),
            },
            _ => return Ok(()),
        };
        match declaration {
            Declaration::Lexical(_) | Declaration::ClassDeclaration(_) => {}
            _ => {
                self.declaration(declaration)?;
            }
        }
        Ok(())
    }

    /// What an item does where it stands.
    fn module_item(&mut self, item: &ModuleItem) -> Lowered<Option<Statement<'a>>> {
        let declaration = match item {
            ModuleItem::ImportDeclaration(_) => return Ok(None),
            ModuleItem::StatementListItem(StatementListItem::Statement(statement)) => {
                return self.statement(statement).map(Some);
            }
            ModuleItem::StatementListItem(StatementListItem::Declaration(declaration)) => {
                declaration
            }
            ModuleItem::ExportDeclaration(export) => match &**export {
                ExportDeclaration::VarStatement(list) => {
                    return self.declarators(list.0.as_ref(), false).map(Some);
                }
                ExportDeclaration::Declaration(declaration) => declaration,
                ExportDeclaration::DefaultClassDeclaration(class) => {
                    let lowered = self.class_declaration(class)?;
                    let name = self.default_name(class.name().sym());
                    let target = self.use_name(name, At::NEVER);
                    return Ok(Some(Statement::Class { target, class: lowered }));
                }
                ExportDeclaration::DefaultAssignmentExpression(value) => {
                    let mut value = value.clone();
                    let name = Identifier::new(Sym::DEFAULT, value.span());
                    value.set_anonymous_function_definition_name(&name);
                    let value = self.expression(&value)?;
                    let name = self.names.of(DEFAULT);
                    let target = Target::Name(self.use_name(name, At::NEVER));
                    let value = Some(value);
                    let item = Declarator { target, value, initialise: true };
                    return Ok(Some(Statement::Declare(self.list(vec![item]))));
                }
                _ => return Ok(None),
            },
        };
        match declaration {
            Declaration::Lexical(_) | Declaration::ClassDeclaration(_) => {
                self.declaration(declaration)
            }
            _ => Ok(None),
        }
    }

    /// `import.meta`, which only a module has.
    pub(super) fn import_meta(&mut self, at: At) -> Lowered<Kind<'a>> {
        if self.module_body.is_none() && !self.scopes.scopes.first().is_some_and(|s| s.module) {
            return Err(ParseError::new("Cannot use 'import.meta' outside a module", at));
        }
        let meta = self.scopes.hidden.meta;
        Ok(Kind::Name(self.use_name(meta, at)))
    }
}
