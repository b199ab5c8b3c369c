//! Deriving `Record`: what each field is, and the functions on handles.

use crate::substitute::Parameters;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, Field, Fields, GenericParam, Generics, Ident,
    LitInt, Result, Token, Type, TypeReference, Visibility,
};

/// Where a field lies.
enum Place<'i> {
    Slot(&'i Type),
    /// So many slots.
    Elements(&'i Type, &'i Expr),
    Plain(&'i Type),
    Payload(&'i Type),
    SlotTail(&'i Type),
    PlainTail(&'i Type),
}

struct Placed<'i> {
    name: &'i Ident,
    docs: Vec<&'i Attribute>,
    place: Place<'i>,
}

pub fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        let message = "only a struct derives Record; an enum derives Slot";
        return Err(Error::new_spanned(input, message));
    };
    let none = Default::default();
    let fields = match &data.fields {
        Fields::Named(fields) => &fields.named,
        Fields::Unit => &none,
        Fields::Unnamed(fields) => {
            return Err(Error::new_spanned(fields, "the fields of a record have names"));
        }
    };
    let parameters = Parameters::of(input)?;
    let placed =
        fields.iter().map(|field| place(field, &parameters)).collect::<Result<Vec<_>>>()?;
    let slices = |field: &&Placed| matches!(field.place, Place::SlotTail(_) | Place::PlainTail(_));
    if let Some(slice) = placed.iter().rev().skip(1).find(slices) {
        return Err(Error::new_spanned(slice.name, "a record's slice is its last field"));
    }
    let record = record(input, &parameters, &placed)?;
    let traits = traits(input, &parameters, &placed, fields.iter().map(|field| &field.vis));
    Ok(quote!(#record #traits))
}

fn place<'i>(field: &'i Field, parameters: &Parameters) -> Result<Placed<'i>> {
    let name = field.ident.as_ref().expect("a field with a name");
    let docs = field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).collect();
    let payload = field.attrs.iter().any(|attribute| attribute.path().is_ident("payload"));
    let refers = parameters.names_lifetime(&field.ty);
    let place = match &field.ty {
        ty if payload && refers => {
            let message = "a payload cannot refer to cells: the collector does not look into it";
            return Err(Error::new_spanned(ty, message));
        }
        ty if payload => Place::Payload(ty),
        Type::Reference(TypeReference { lifetime, elem, .. })
            if refers && *lifetime == parameters.lifetime =>
        {
            match &**elem {
                Type::Slice(slice) if parameters.names_lifetime(&slice.elem) => {
                    Place::SlotTail(&slice.elem)
                }
                Type::Slice(slice) => Place::PlainTail(&slice.elem),
                _ => {
                    let message = "a record cannot borrow: only a slice is copied into it";
                    return Err(Error::new_spanned(&field.ty, message));
                }
            }
        }
        Type::Array(array) if refers => Place::Elements(&array.elem, &array.len),
        ty if refers => Place::Slot(ty),
        ty => Place::Plain(ty),
    };
    Ok(Placed { name, docs, place })
}

/// The number that `#[record(tag = ..)]` chooses.
fn tag(input: &DeriveInput) -> Result<Option<u8>> {
    let mut tag = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("record")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("tag") {
                return Err(meta.error("a record has the attribute `tag` alone"));
            }
            let number: LitInt = meta.value()?.parse()?;
            match number.base10_parse() {
                Ok(chosen @ 1..) => tag = Some(chosen),
                _ => return Err(Error::new_spanned(number, "a tag is from 1 to 255")),
            }
            Ok(())
        })?;
    }
    Ok(tag)
}

/// The predicates that a record's type parameters have to meet.
fn predicates(parameters: &Parameters, placed: &[Placed]) -> Vec<TokenStream> {
    let parameter = parameters.plain.iter().map(|name| quote!(#name: 'static));
    let fields = placed.iter().filter_map(|field| match field.place {
        Place::Plain(ty) | Place::PlainTail(ty) if parameters.names_plain(ty) => {
            Some(quote!(#ty: ::heap_model::typed::derived::Plain))
        }
        Place::Payload(ty) if parameters.names_plain(ty) => Some(quote!(#ty: 'static)),
        _ => None,
    });
    parameter.chain(fields).collect()
}

fn record(input: &DeriveInput, parameters: &Parameters, placed: &[Placed]) -> Result<TokenStream> {
    let name = &input.ident;
    let (generics, arguments, given) = input.generics.split_for_impl();
    let given = given.map(|given| given.predicates.iter().collect::<Vec<_>>()).unwrap_or_default();
    let predicates = predicates(parameters, placed);
    let own: Type = syn::parse_quote!(#name #arguments);
    let (id, at) = (parameters.at(&own, "'static"), parameters.at(&own, "'t"));
    let mut of_layout = input.generics.clone();
    of_layout.params = without_lifetimes(&input.generics);
    let (layout_generics, ..) = of_layout.split_for_impl();
    let value = match &parameters.lifetime {
        Some(lifetime) => quote!(Value<#lifetime>),
        None => quote!(Value<'static>),
    };
    let (mut types, mut values) = (quote!(()), quote!(()));
    for field in placed.iter().rev() {
        let name = field.name;
        match field.place {
            Place::Slot(ty) => {
                types = quote!((#ty, #types));
                values = quote!((self.#name, #values));
            }
            Place::Elements(ty, length) => {
                types = quote!((derived::Elements<#ty, { #length }>, #types));
                values = quote!((derived::Elements(self.#name), #values));
            }
            _ => {}
        }
    }
    let (plain, plain_values): (Vec<_>, Vec<_>) = placed
        .iter()
        .filter_map(|field| match field.place {
            Place::Plain(ty) => Some((ty, field.name)),
            _ => None,
        })
        .unzip();
    let (owned, owned_values): (Vec<_>, Vec<_>) = placed
        .iter()
        .filter_map(|field| match field.place {
            Place::Payload(ty) => Some((ty, field.name)),
            _ => None,
        })
        .unzip();
    let (payload, payload_value) = if owned.is_empty() {
        (quote!(()), quote!(()))
    } else {
        (quote!(Owned<(#(#owned,)*)>), quote!(Owned((#(self.#owned_values,)*))))
    };
    let kinds = placed.iter().rev().fold(quote!(()), |kinds, field| match field.place {
        Place::Slot(ty) => {
            let ty = parameters.at(ty, "'static");
            quote!((<#ty as Slot>::Kind, #kinds))
        }
        Place::Elements(ty, length) => {
            let ty = parameters.at(ty, "'static");
            quote!((derived::Many<<#ty as Slot>::Kind, { #length }>, #kinds))
        }
        _ => kinds,
    });
    let last = placed.last().map(|field| (&field.place, field.name));
    let (tail, tail_slot, with) = match last {
        Some((Place::SlotTail(ty), name)) => {
            let fixed = parameters.at(ty, "'static");
            let tail = quote!(derived::SlotTail<<#fixed as Slot>::Kind>);
            (tail, quote!(#ty), quote!(.with_tail(self.#name)))
        }
        Some((Place::PlainTail(ty), name)) => {
            (quote!(derived::PlainTail<#ty>), value, quote!(.with_plain(self.#name)))
        }
        _ => (quote!(derived::NoTail), value, quote!()),
    };
    // Where one can be neither, this says so at the field.
    let checks = placed.iter().filter_map(|field| match field.place {
        Place::Plain(ty) | Place::PlainTail(ty) if !parameters.names_plain(ty) => {
            Some(quote_spanned!(ty.span()=> plain::<#ty>();))
        }
        Place::Slot(ty) | Place::Elements(ty, _) | Place::SlotTail(ty) => {
            let fixed = parameters.at(ty, "'static");
            (!parameters.names_plain(ty)).then(|| quote_spanned!(ty.span()=> slot::<#fixed>();))
        }
        _ => None,
    });
    let tag = tag(input)?.map(
        |tag| quote!(const TAG: ::core::option::Option<u8> = ::core::option::Option::Some(#tag);),
    );
    Ok(quote! {
        const _: () = {
            use ::heap_model::Value;
            use ::heap_model::typed::{Owned, Parts, Record, Slot, derived};

            const fn plain<P: derived::Plain>() {}
            const fn slot<S: Slot>() {}
            #(const _: () = #checks)*

            #[automatically_derived]
            impl #layout_generics derived::Layout for #id
            where
                #(#given,)*
                #(#predicates,)*
            {
                type Slots = #kinds;
                type Data = (#(#plain,)*);
                type Index = <#payload as derived::Payload>::Index;
                type Tail = #tail;
                #tag
            }

            #[automatically_derived]
            impl #generics Record for #own
            where
                #(#given,)*
                #(#predicates,)*
            {
                type Id = #id;
                type At<'t> = #at;
                type Fields = #types;
                type TailSlot = #tail_slot;
                type Payload = #payload;

                #[inline]
                fn into_parts<'heap_model>(self) -> Parts<'heap_model, Self>
                where
                    Self: 'heap_model,
                {
                    Parts::new(#values, (#(self.#plain_values,)*), #payload_value)#with
                }
            }
        };
    })
}

fn without_lifetimes(generics: &Generics) -> Punctuated<GenericParam, Token![,]> {
    let kept = |parameter: &&GenericParam| !matches!(parameter, GenericParam::Lifetime(_));
    generics.params.iter().filter(kept).cloned().collect()
}

/// How far a visibility reaches, so that they can be compared.
fn reach(visibility: &Visibility) -> u8 {
    match visibility {
        Visibility::Inherited => 0,
        Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => 3,
        Visibility::Restricted(restricted) if restricted.path.is_ident("self") => 0,
        Visibility::Restricted(restricted) if restricted.path.is_ident("super") => 2,
        Visibility::Restricted(_) => 1,
        Visibility::Public(_) => 4,
    }
}

fn traits<'i>(
    input: &'i DeriveInput,
    parameters: &Parameters,
    placed: &[Placed],
    visibilities: impl Iterator<Item = &'i Visibility>,
) -> TokenStream {
    let name = &input.ident;
    let visibility = visibilities.chain([&input.vis]).min_by_key(|visibility| reach(visibility));
    let (fields, read) = (format_ident!("{name}Fields"), format_ident!("{name}Read"));
    let mut next = quote!(derived::First);
    let mut plain = 0_usize;
    let mut owned = 0_usize;
    let (mut declared, mut defined) = (Vec::new(), Vec::new());
    let (mut read_declared, mut read_defined) = (Vec::new(), Vec::new());
    for field in placed {
        let functions = functions(field, parameters, &next, plain, owned);
        declared.extend(functions.declared);
        defined.extend(functions.defined);
        read_declared.extend(functions.read_declared);
        read_defined.extend(functions.read_defined);
        match field.place {
            Place::Slot(_) | Place::Elements(..) => next = quote!(derived::Next<#next>),
            Place::Plain(_) => plain += 1,
            Place::Payload(_) => owned += 1,
            _ => {}
        }
    }
    if declared.is_empty() {
        return TokenStream::new();
    }
    // The traits have the type's parameters but for the lifetime, which says nothing.
    let mut generics = input.generics.clone();
    generics.params = without_lifetimes(&generics);
    let where_clause = generics.make_where_clause();
    for predicate in predicates(parameters, placed) {
        where_clause.predicates.push(syn::parse_quote!(#predicate));
    }
    let mut of_record = input.generics.clone();
    of_record.where_clause = None;
    let (_, record_arguments, _) = of_record.split_for_impl();
    let own: Type = syn::parse_quote!(#name #record_arguments);
    let (declaration, arguments, where_clause) = generics.split_for_impl();
    let mut with_gc = generics.clone();
    if let Some(lifetime) = &parameters.lifetime {
        with_gc.params.insert(0, syn::parse_quote!(#lifetime));
    }
    let (gc_generics, ..) = with_gc.split_for_impl();
    let mut reading = generics.clone();
    reading.params.insert(0, syn::parse_quote!('heap_model));
    let (read_declaration, read_arguments, _) = reading.split_for_impl();
    let mut with_ref = with_gc.clone();
    with_ref.params.insert(0, syn::parse_quote!('heap_model));
    let (ref_generics, ..) = with_ref.split_for_impl();
    let docs = format!("The fields of a [`{name}`] behind its handle.");
    let read_docs = format!("The fields of a [`{name}`] that is read without handles.");
    let read_trait = (!read_declared.is_empty()).then(|| {
        quote! {
            #[doc = #read_docs]
            #[allow(dead_code)]
            #visibility trait #read #read_declaration: ::core::marker::Sized #where_clause {
                #(#read_declared)*
            }

            const _: () = {
                use ::heap_model::typed::derived;

                #[automatically_derived]
                impl #ref_generics #read #read_arguments
                    for ::heap_model::typed::Ref<'heap_model, #own> #where_clause
                {
                    #(#read_defined)*
                }
            };
        }
    });
    quote! {
        #[doc = #docs]
        #[allow(dead_code)]
        #visibility trait #fields #declaration: ::core::marker::Sized #where_clause {
            #(#declared)*
        }

        const _: () = {
            use ::heap_model::typed::derived;

            #[automatically_derived]
            impl #gc_generics #fields #arguments
                for ::heap_model::typed::Gc<'_, #own> #where_clause
            {
                #(#defined)*
            }
        };

        #read_trait
    }
}

/// The functions of a field: on handles, and where a record is read.
#[derive(Default)]
struct Functions {
    declared: Vec<TokenStream>,
    defined: Vec<TokenStream>,
    read_declared: Vec<TokenStream>,
    read_defined: Vec<TokenStream>,
}

impl Functions {
    fn on_handles(&mut self, docs: &[&Attribute], signature: TokenStream, body: TokenStream) {
        self.declared.push(quote!(#(#docs)* #signature;));
        self.defined.push(quote!(#[inline(always)] #signature { #body }));
    }

    fn on_reading(&mut self, docs: &[&Attribute], signature: TokenStream, body: TokenStream) {
        self.read_declared.push(quote!(#(#docs)* #signature;));
        self.read_defined.push(quote!(#[inline(always)] #signature { #body }));
    }
}

fn functions(
    field: &Placed,
    parameters: &Parameters,
    index: &TokenStream,
    plain: usize,
    owned: usize,
) -> Functions {
    let name = field.name;
    let docs = &field.docs;
    let (set, change) = (format_ident!("set_{name}"), format_ident!("{name}_mut"));
    let length = format_ident!("{name}_len");
    let scope = quote!(&mut ::heap_model::Scope<'t>);
    let shared = quote!(&'heap_model_scope ::heap_model::Scope<'_>);
    let exclusive = quote!(&'heap_model_scope mut ::heap_model::Scope<'_>);
    let mut made = Functions::default();
    match field.place {
        Place::Slot(ty) => {
            let (at, fixed) = (parameters.at(ty, "'t"), parameters.at(ty, "'static"));
            made.on_handles(
                docs,
                quote!(fn #name<'t>(self, scope: #scope) -> #at),
                quote!(derived::get::<#fixed, #index, _>(self, scope, 0)),
            );
            made.on_handles(
                docs,
                quote!(fn #set<'t>(self, scope: &mut ::heap_model::Scope<'_>, value: #at)),
                quote!(derived::set::<_, #index, _>(self, scope, 0, value)),
            );
            let seen = quote!(<#fixed as ::heap_model::typed::Slot>::Seen<'heap_model>);
            made.on_reading(
                docs,
                quote!(fn #name(self) -> #seen),
                quote!(derived::see::<#fixed, #index, _>(self, 0)),
            );
        }
        Place::Elements(ty, _) => {
            let (at, fixed) = (parameters.at(ty, "'t"), parameters.at(ty, "'static"));
            made.on_handles(
                docs,
                quote!(fn #name<'t>(self, scope: #scope, index: usize) -> #at),
                quote!(derived::get::<#fixed, #index, _>(self, scope, index)),
            );
            made.on_handles(
                docs,
                quote! {
                    fn #set<'t>(
                        self,
                        scope: &mut ::heap_model::Scope<'_>,
                        index: usize,
                        value: #at
                    )
                },
                quote!(derived::set::<_, #index, _>(self, scope, index, value)),
            );
            let seen = quote!(<#fixed as ::heap_model::typed::Slot>::Seen<'heap_model>);
            made.on_reading(
                docs,
                quote!(fn #name(self, index: usize) -> #seen),
                quote!(derived::see::<#fixed, #index, _>(self, index)),
            );
        }
        Place::SlotTail(ty) => {
            let (at, fixed) = (parameters.at(ty, "'t"), parameters.at(ty, "'static"));
            made.on_handles(
                docs,
                quote!(fn #name<'t>(self, scope: #scope, index: usize) -> #at),
                quote!(derived::tail_get::<#fixed, _>(self, scope, index)),
            );
            made.on_handles(
                docs,
                quote! {
                    fn #set<'t>(
                        self,
                        scope: &mut ::heap_model::Scope<'_>,
                        index: usize,
                        value: #at
                    )
                },
                quote!(derived::tail_set::<_, _>(self, scope, index, value)),
            );
            made.on_handles(
                docs,
                quote!(fn #length(self, scope: &::heap_model::Scope<'_>) -> usize),
                quote!(derived::tail_len(self, scope)),
            );
            let seen = quote!(<#fixed as ::heap_model::typed::Slot>::Seen<'heap_model>);
            made.on_reading(
                docs,
                quote!(fn #name(self, index: usize) -> #seen),
                quote!(derived::see_tail::<#fixed, _>(self, index)),
            );
            made.on_reading(
                docs,
                quote!(fn #length(self) -> usize),
                quote!(derived::see_tail_len(self)),
            );
        }
        Place::Plain(ty) => {
            let number = syn::Index::from(plain);
            made.on_handles(
                docs,
                quote!(fn #name(self, scope: &::heap_model::Scope<'_>) -> #ty),
                quote!(derived::data(self, scope).#number),
            );
            made.on_handles(
                docs,
                quote!(fn #set(self, scope: &mut ::heap_model::Scope<'_>, value: #ty)),
                quote!(derived::data_mut(self, scope).#number = value;),
            );
            made.on_reading(
                docs,
                quote!(fn #name(self) -> #ty),
                quote!(derived::see_data(self).#number),
            );
        }
        Place::PlainTail(ty) => {
            made.on_handles(
                docs,
                quote!(fn #name<'heap_model_scope>(self, scope: #shared) -> &'heap_model_scope [#ty]),
                quote!(derived::plain(self, scope)),
            );
            made.on_handles(
                docs,
                quote! {
                    fn #change<'heap_model_scope>(
                        self,
                        scope: #exclusive
                    ) -> &'heap_model_scope mut [#ty]
                },
                quote!(derived::plain_mut(self, scope)),
            );
            made.on_reading(
                docs,
                quote!(fn #name(self) -> &'heap_model [#ty]),
                quote!(derived::see_plain(self)),
            );
        }
        Place::Payload(ty) => {
            let number = syn::Index::from(owned);
            made.on_handles(
                docs,
                quote!(fn #name<'heap_model_scope>(self, scope: #shared) -> &'heap_model_scope #ty),
                quote!(&derived::payload(self, scope).#number),
            );
            made.on_handles(
                docs,
                quote! {
                    fn #change<'heap_model_scope>(
                        self,
                        scope: #exclusive
                    ) -> &'heap_model_scope mut #ty
                },
                quote!(&mut derived::payload_mut(self, scope).#number),
            );
        }
    }
    made
}
