//! Structs that are made field by field, in an order known at run time only: by decoders, as keys come.
//!
//! A partial struct holds the struct itself, with what has been filled in of it, and for every field two bits: *claimed*, so that each is
//! filled in once, and *filled*, so that giving it up gives up what is there and nothing else. It is a value like others: held by one local,
//! never copied, given up by `drop` or by `finish`, which makes the struct of it.
//!
//! Fields are stored where they stay. With a local for each instead, every local would be merged at the head of the loop over the keys,
//! and the time to compile that grows with the square of their number.

use super::types::{Field, StructDef, StructId, Type, TypeId, TypeTable};

/// Fields that one word has bits for; numbers stay positive.
const WORD_BITS: u32 = 63;

/// Where the bits of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bit {
    /// Fields of the partial struct.
    pub claimed: u32,
    pub filled: u32,
    pub mask: i64,
}

/// Layout of a partial struct as fields: words of claimed bits, words of filled bits, the struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partial {
    /// What is made in it.
    pub of: StructId,
    /// Number of its fields.
    pub fields: u32,
}

impl Partial {
    pub fn words(self) -> u32 {
        self.fields.div_ceil(WORD_BITS)
    }

    pub fn bit(self, field: u32) -> Bit {
        let word = field / WORD_BITS;
        Bit {
            claimed: word,
            filled: self.words() + word,
            mask: 1 << (field % WORD_BITS),
        }
    }

    /// The bits that a word has when it has all of its fields.
    pub fn full(self, word: u32) -> i64 {
        match self.fields - word * WORD_BITS {
            rest if rest >= WORD_BITS => i64::MAX,
            rest => (1 << rest) - 1,
        }
    }

    /// Field of the partial struct that the struct is.
    pub fn value(self) -> u32 {
        2 * self.words()
    }
}

impl TypeTable {
    /// What a partial struct type consists of; `None` for other types.
    pub fn partial(&self, ty: TypeId) -> Option<Partial> {
        let Type::Struct(id) = self.get(ty) else {
            return None;
        };
        let def = self.structs.get(id)?;
        let of = def.partial?;
        let fields = self.structs.get(of)?.fields.len() as u32;
        let partial = Partial { of, fields };
        let value = def.fields.get(partial.value() as usize)?.ty;
        (self.get(value) == Type::Struct(of)).then_some(partial)
    }

    /// Adds the partial struct type of a struct whose fields are known.
    pub fn declare_partial(&mut self, of: StructId) -> TypeId {
        let int = self.intern(Type::Int);
        let value = self.intern(Type::Struct(of));
        let partial = Partial {
            of,
            fields: self.structs[of].fields.len() as u32,
        };
        let words = (0..partial.words()).map(|word| (format!("claimed{word}"), int));
        let filled = (0..partial.words()).map(|word| (format!("filled{word}"), int));
        let fields = words
            .chain(filled)
            .chain([("value".to_owned(), value)])
            .map(|(name, ty)| Field { name, ty })
            .collect();
        let id = self.structs.push(StructDef {
            name: format!("partial {}", self.structs[of].name),
            fields,
            boxed: false,
            partial: Some(of),
        });
        self.intern(Type::Struct(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_bit_of_its_own() {
        for fields in [1, 62, 63, 64, 126, 127] {
            let of = StructId::from_u32(0);
            let partial = Partial { of, fields };
            let mut words = vec![0; partial.words() as usize];
            for field in 0..fields {
                let bit = partial.bit(field);
                assert_eq!(bit.filled, bit.claimed + partial.words());
                let word = &mut words[bit.claimed as usize];
                assert_eq!(*word & bit.mask, 0);
                *word |= bit.mask;
            }
            for (word, bits) in (0..).zip(words) {
                assert_eq!(bits, partial.full(word));
            }
        }
    }
}
