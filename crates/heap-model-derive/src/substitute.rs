//! A type with another lifetime in the place of its scope's.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{DeriveInput, Error, GenericParam, Ident, Lifetime, Result, Type};

/// What the parameters of a type are to the heap.
pub struct Parameters {
    /// The scope's.
    pub lifetime: Option<Lifetime>,
    /// Those that stand for plain values.
    pub plain: Vec<Ident>,
}

impl Parameters {
    /// The parameters of a type.
    pub fn of(input: &DeriveInput) -> Result<Self> {
        let mut found = Self { lifetime: None, plain: Vec::new() };
        for parameter in &input.generics.params {
            match parameter {
                GenericParam::Lifetime(parameter) if found.lifetime.is_some() => {
                    let message = "there is at most one lifetime, which is the scope's";
                    return Err(Error::new_spanned(parameter, message));
                }
                GenericParam::Lifetime(parameter) => {
                    found.lifetime = Some(parameter.lifetime.clone());
                }
                GenericParam::Type(parameter) => found.plain.push(parameter.ident.clone()),
                GenericParam::Const(_) => {}
            }
        }
        Ok(found)
    }

    /// Whether a type names the scope's lifetime.
    pub fn names_lifetime(&self, ty: &Type) -> bool {
        self.lifetime.as_ref().is_some_and(|lifetime| {
            let mut search = Search { lifetime: Some(lifetime), names: &[], found: false };
            search.visit_type(ty);
            search.found
        })
    }

    /// Whether a type names a type parameter.
    pub fn names_plain(&self, ty: &Type) -> bool {
        let mut search = Search { lifetime: None, names: &self.plain, found: false };
        search.visit_type(ty);
        search.found
    }

    /// The type with another lifetime, such as `'t`.
    pub fn at(&self, ty: &Type, lifetime: &str) -> Type {
        let mut ty = ty.clone();
        if let Some(from) = &self.lifetime {
            let to = Lifetime::new(lifetime, Span::call_site());
            Replace { from, to }.visit_type_mut(&mut ty);
        }
        ty
    }
}

struct Search<'p> {
    lifetime: Option<&'p Lifetime>,
    names: &'p [Ident],
    found: bool,
}

impl Visit<'_> for Search<'_> {
    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        self.found |= self.lifetime == Some(lifetime);
    }

    fn visit_ident(&mut self, ident: &Ident) {
        self.found |= self.names.contains(ident);
        visit::visit_ident(self, ident);
    }
}

struct Replace<'p> {
    from: &'p Lifetime,
    to: Lifetime,
}

impl VisitMut for Replace<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime == self.from {
            *lifetime = self.to.clone();
        }
    }
}
