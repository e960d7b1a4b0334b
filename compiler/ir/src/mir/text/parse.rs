//! Reading: declarations. Bodies are in `parse_body`.

use cranelift_entity::PrimaryMap;
use indexmap::IndexMap;

use super::super::function::*;
use super::super::program::{FuncId, Global, GlobalId, Loc, LocId, Phase, Program};
use super::super::types::{EnumDef, EnumId, Field, StructDef, StructId, Type, TypeId, Variant};
use super::TextError;
use super::lex::{Spanned, Token, lex};

/// Reads a program; reports every line that cannot be read.
pub fn parse(text: &str) -> std::result::Result<Program, Vec<TextError>> {
    let mut parser = Parser {
        tokens: lex(text)?,
        at: 0,
        program: Program::new(),
        types: IndexMap::new(),
        functions: IndexMap::new(),
        globals: IndexMap::new(),
        locals: IndexMap::new(),
        errors: Vec::new(),
    };
    parser.program();
    if parser.errors.is_empty() {
        Ok(parser.program)
    } else {
        Err(parser.errors)
    }
}

/// The error has been recorded.
pub(super) struct Failed;
pub(super) type Result<T> = std::result::Result<T, Failed>;

/// A name and the number that tells it from others of that name.
pub(super) type Name = (String, Option<u32>);

pub(super) enum Nominal {
    Struct(StructId),
    Enum(EnumId),
}

pub(super) struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    pub program: Program,
    types: IndexMap<Name, Nominal>,
    functions: IndexMap<Name, FuncId>,
    pub globals: IndexMap<Name, GlobalId>,
    pub locals: IndexMap<Name, LocalId>,
    errors: Vec<TextError>,
}

impl Parser {
    // -- tokens --

    pub fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    pub fn line(&self) -> u32 {
        self.tokens[self.at].1
    }

    pub fn next(&mut self) -> Token {
        let token = self.tokens[self.at].0.clone();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    pub fn fail<T>(&mut self, message: impl Into<String>) -> Result<T> {
        let error = TextError {
            line: self.line(),
            message: message.into(),
        };
        self.errors.push(error);
        Err(Failed)
    }

    pub fn eat(&mut self, punct: char) -> bool {
        let hit = *self.peek() == Token::Punct(punct);
        if hit {
            self.next();
        }
        hit
    }

    pub fn expect(&mut self, punct: char) -> Result<()> {
        if self.eat(punct) {
            return Ok(());
        }
        self.fail(format!("expected `{punct}`, found {:?}", self.peek()))
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let hit = matches!(self.peek(), Token::Ident(w) if w == word);
        if hit {
            self.next();
        }
        hit
    }

    pub fn keyword(&mut self, word: &str) -> Result<()> {
        if self.eat_word(word) {
            return Ok(());
        }
        self.fail(format!("expected `{word}`, found {:?}", self.peek()))
    }

    pub fn word(&mut self) -> Result<String> {
        match self.peek().clone() {
            Token::Ident(word) => {
                self.next();
                Ok(word)
            }
            other => self.fail(format!("expected a word, found {other:?}")),
        }
    }

    pub fn text(&mut self) -> Result<String> {
        match self.peek().clone() {
            Token::Str(bytes) => match String::from_utf8(bytes) {
                Ok(text) => {
                    self.next();
                    Ok(text)
                }
                Err(_) => self.fail("text is not UTF-8"),
            },
            other => self.fail(format!("expected a string, found {other:?}")),
        }
    }

    /// A name without its suffix.
    pub fn bare_name(&mut self) -> Result<String> {
        match self.peek() {
            Token::Str(_) => self.text(),
            _ => self.word(),
        }
    }

    pub fn name(&mut self) -> Result<Name> {
        let name = self.bare_name()?;
        Ok((name, self.suffix()))
    }

    fn suffix(&mut self) -> Option<u32> {
        match *self.peek() {
            Token::Suffix(number) => {
                self.next();
                Some(number)
            }
            _ => None,
        }
    }

    /// Identifiers joined by dots, or a string.
    fn path(&mut self) -> Result<Name> {
        let mut name = self.bare_name()?;
        while *self.peek() == Token::Punct('.') {
            self.next();
            name.push('.');
            name.push_str(&self.word()?);
        }
        Ok((name, self.suffix()))
    }

    pub fn function_name(&mut self) -> Result<FuncId> {
        let name = self.path()?;
        match self.functions.get(&name) {
            Some(&id) => Ok(id),
            None => self.fail(format!("unknown function {}", name.0)),
        }
    }

    pub fn int(&mut self) -> Result<i128> {
        match *self.peek() {
            Token::Int(value) => {
                self.next();
                Ok(value)
            }
            _ => self.fail(format!("expected a number, found {:?}", self.peek())),
        }
    }

    pub fn u32(&mut self) -> Result<u32> {
        match u32::try_from(self.int()?) {
            Ok(value) => Ok(value),
            Err(_) => self.fail("number out of range"),
        }
    }

    /// The position behind the current token when there is one: `file:line:column`, the file by name or number.
    pub fn loc(&mut self) -> Result<LocId> {
        let Token::Loc(text) = self.peek().clone() else {
            return Ok(LocId::from_u32(0));
        };
        let mut parts = text.rsplitn(3, ':');
        let (column, line, file) = (parts.next(), parts.next(), parts.next());
        let number = |part: Option<&str>| part.and_then(|p| p.trim().parse::<u32>().ok());
        let (Some(column), Some(line), Some(file)) = (number(column), number(line), file) else {
            return self.fail(format!("expected `file:line:column`, found `{text}`"));
        };
        let index = self.program.files.iter().position(|f| f == file);
        let Some(file) = index.map(|i| i as u32).or_else(|| file.parse::<u32>().ok()) else {
            return self.fail(format!("unknown file `{file}`"));
        };
        self.next();
        Ok(self.program.loc(Loc { file, line, column }))
    }

    /// Continues at the next line after an error.
    pub fn recover(&mut self) {
        let line = self.line();
        while self.line() == line && *self.peek() != Token::End {
            self.next();
        }
    }

    // -- declarations --

    fn program(&mut self) {
        self.declare();
        while *self.peek() != Token::End {
            let start = self.at;
            if self.item().is_err() {
                self.recover();
            } else if self.at == start {
                self.next();
            }
        }
    }

    /// Names first, so that items can mention each other in any order.
    fn declare(&mut self) {
        let mut functions = PrimaryMap::new();
        while *self.peek() != Token::End {
            let Token::Ident(word) = self.next() else {
                continue;
            };
            match word.as_str() {
                "struct" | "enum" => {
                    // `make struct(..)` and fields of that name are not declarations.
                    if !matches!(self.peek(), Token::Ident(_) | Token::Str(_)) {
                        continue;
                    }
                    let Ok(name) = self.name() else {
                        continue;
                    };
                    if *self.peek() != Token::Punct('{') {
                        continue;
                    }
                    let (label, boxed) = (name.0.clone(), false);
                    let types = &mut self.program.types;
                    let nominal = if word == "struct" {
                        Nominal::Struct(types.structs.push(StructDef {
                            name: label,
                            fields: Vec::new(),
                            boxed,
                            partial: None,
                        }))
                    } else {
                        Nominal::Enum(types.enums.push(EnumDef {
                            name: label,
                            variants: Vec::new(),
                            boxed,
                        }))
                    };
                    self.types.insert(name, nominal);
                }
                "fn" => {
                    let Ok(name) = self.path() else {
                        self.recover();
                        continue;
                    };
                    let label = name.0.clone();
                    let unit = self.program.types.intern(Type::Unit);
                    let id = functions.push(Function {
                        name: label,
                        kind: FunctionKind::User,
                        params: Vec::new(),
                        ret: unit,
                        locals: PrimaryMap::new(),
                        blocks: PrimaryMap::new(),
                        effects: Effects::default(),
                        loc: LocId::from_u32(0),
                    });
                    if self.functions.insert(name.clone(), id).is_some() {
                        let _ = self.fail::<()>(format!("function {} is declared twice", name.0));
                    }
                }
                _ => {}
            }
        }
        self.program.functions = functions;
        self.at = 0;
    }

    fn item(&mut self) -> Result<()> {
        let word = self.word()?;
        match word.as_str() {
            "phase" => {
                self.program.phase = match self.word()?.as_str() {
                    "lowered" => Phase::Lowered,
                    "owned" => Phase::Owned,
                    "expanded" => Phase::Expanded,
                    _ => return self.fail("expected lowered, owned or expanded"),
                };
                Ok(())
            }
            "files" => {
                while matches!(self.peek(), Token::Str(_)) {
                    let file = self.text()?;
                    self.program.files.push(file);
                }
                Ok(())
            }
            "global" => {
                self.expect('$')?;
                let name = self.name()?;
                self.expect(':')?;
                let ty = self.ty()?;
                let id = self.program.globals.push(Global {
                    name: name.0.clone(),
                    ty,
                });
                self.globals.insert(name, id);
                Ok(())
            }
            "boxed" => {
                let word = self.word()?;
                self.nominal(&word, true)
            }
            "struct" | "enum" => self.nominal(&word, false),
            "fn" => self.function(FunctionKind::User),
            "pertype" => {
                self.keyword("fn")?;
                self.function(FunctionKind::PerType)
            }
            "entry" => {
                self.keyword("fn")?;
                self.function(FunctionKind::Entry)
            }
            _ => {
                if self.entry_item(&word)? {
                    return Ok(());
                }
                self.fail(format!("unexpected `{word}`"))
            }
        }
    }

    fn nominal(&mut self, word: &str, boxed: bool) -> Result<()> {
        let name = self.name()?;
        let Some(nominal) = self.types.get(&name) else {
            return self.fail(format!("unexpected `{word}`"));
        };
        match *nominal {
            Nominal::Struct(id) => {
                let mut fields = Vec::new();
                self.expect('{')?;
                while !self.eat('}') {
                    let name = self.bare_name()?;
                    self.expect(':')?;
                    let ty = self.ty()?;
                    fields.push(Field { name, ty });
                    self.eat(',');
                }
                let partial = match self.eat_word("partial") {
                    true => Some(self.struct_name()?),
                    false => None,
                };
                let def = &mut self.program.types.structs[id];
                (def.fields, def.boxed, def.partial) = (fields, boxed, partial);
            }
            Nominal::Enum(id) => {
                let mut variants = Vec::new();
                self.expect('{')?;
                while !self.eat('}') {
                    let name = self.bare_name()?;
                    let mut payload = Vec::new();
                    if self.eat('(') {
                        while !self.eat(')') {
                            payload.push(self.ty()?);
                            self.eat(',');
                        }
                    }
                    variants.push(Variant { name, payload });
                    self.eat(',');
                }
                let def = &mut self.program.types.enums[id];
                (def.variants, def.boxed) = (variants, boxed);
            }
        }
        Ok(())
    }

    fn struct_name(&mut self) -> Result<StructId> {
        let name = self.name()?;
        match self.types.get(&name) {
            Some(Nominal::Struct(id)) => Ok(*id),
            _ => self.fail(format!("no struct {}", name.0)),
        }
    }

    pub fn ty(&mut self) -> Result<TypeId> {
        let name = self.name()?;
        if let Some(nominal) = self.types.get(&name) {
            let ty = match *nominal {
                Nominal::Struct(id) => Type::Struct(id),
                Nominal::Enum(id) => Type::Enum(id),
            };
            return Ok(self.program.types.intern(ty));
        }
        let ty = match name.0.as_str() {
            "Unit" => Type::Unit,
            "Bool" => Type::Bool,
            "Int" => Type::Int,
            "Float" => Type::Float,
            "Raw" => Type::Raw,
            "String" => Type::String,
            "Bytes" => Type::Bytes,
            "Query" => Type::Query,
            "Html" => Type::Html,
            "List" => Type::List(self.type_argument()?),
            "Map" => {
                // Keys of maps are strings; their type must exist wherever a map does.
                self.program.types.intern(Type::String);
                Type::Map(self.type_argument()?)
            }
            "Box" => Type::Box(self.type_argument()?),
            "Option" => Type::Option(self.type_argument()?),
            "Result" => {
                self.expect('<')?;
                let ok = self.ty()?;
                self.expect(',')?;
                let err = self.ty()?;
                self.expect('>')?;
                Type::Result(ok, err)
            }
            other => return self.fail(format!("unknown type {other}")),
        };
        Ok(self.program.types.intern(ty))
    }

    fn type_argument(&mut self) -> Result<TypeId> {
        self.expect('<')?;
        let ty = self.ty()?;
        self.expect('>')?;
        Ok(ty)
    }

    fn function(&mut self, kind: FunctionKind) -> Result<()> {
        let id = self.function_name()?;
        self.locals.clear();
        let mut function = Function {
            kind,
            ..self.program.functions[id].clone()
        };
        self.expect('(')?;
        while !self.eat(')') {
            let mode = self.local_decl(&mut function)?;
            function.params.push(mode);
            self.eat(',');
        }
        if self.next() != Token::Arrow {
            return self.fail("expected `->`");
        }
        function.ret = self.ty()?;
        function.effects.faults = self.eat_word("faults");
        function.effects.blocks = self.eat_word("blocks");
        function.effects.recursive = self.eat_word("recursive");
        self.expect('{')?;
        function.loc = self.loc()?;
        let result = self.body(&mut function);
        self.program.functions[id] = function;
        result
    }

    /// `%name: [borrowed] Type`
    pub fn local_decl(&mut self, function: &mut Function) -> Result<Mode> {
        let name = self.local_name()?;
        self.expect(':')?;
        let ownership = if self.eat_word("borrowed") {
            Mode::Borrowed
        } else {
            self.eat_word("owned");
            Mode::Owned
        };
        let ty = self.ty()?;
        let numbered = name.0.starts_with(|c: char| c.is_ascii_digit()) && name.1.is_none();
        let id = function.locals.push(LocalDecl {
            name: if numbered {
                String::new()
            } else {
                name.0.clone()
            },
            ty,
            ownership,
        });
        if self.locals.insert(name.clone(), id).is_some() {
            return self.fail(format!("local %{} is declared twice", name.0));
        }
        Ok(ownership)
    }

    pub fn local_name(&mut self) -> Result<Name> {
        self.expect('%')?;
        match *self.peek() {
            Token::Int(number) => {
                self.next();
                Ok((number.to_string(), None))
            }
            _ => self.name(),
        }
    }
}
