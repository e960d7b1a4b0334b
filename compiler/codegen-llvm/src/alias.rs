//! Alias metadata: which loads and stores cannot touch the same bytes, so that a store to an element does not force a length to be read again.
//!
//! Sound because a counted object keeps its layout until it is freed, and because what can hold different things at the same place (payloads of
//! options, results and enums) is accessed without metadata, which may alias everything.

use inkwell::context::Context;
use inkwell::values::MetadataValue;

use fuse_ir::layout::Scalar;

/// What an access touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    /// Anything.
    Unknown,
    Count,
    /// Capacity of sequences, variant of cells.
    Aux,
    /// Length of lists, texts, maps.
    Length,
    /// Entries pointer of maps.
    Entries,
    /// Data of this kind: fields, elements, globals, tags.
    Data(Scalar),
    /// The thread's context pointer.
    Context,
    /// The stack limit in the context.
    StackLimit,
}

/// Access tags, one per region.
pub(crate) struct AliasTags<'ctx> {
    pub kind: u32,
    count: MetadataValue<'ctx>,
    aux: MetadataValue<'ctx>,
    length: MetadataValue<'ctx>,
    entries: MetadataValue<'ctx>,
    byte: MetadataValue<'ctx>,
    int: MetadataValue<'ctx>,
    float: MetadataValue<'ctx>,
    pointer: MetadataValue<'ctx>,
    context: MetadataValue<'ctx>,
    stack_limit: MetadataValue<'ctx>,
}

impl<'ctx> AliasTags<'ctx> {
    pub fn new(context: &'ctx Context) -> AliasTags<'ctx> {
        let zero = context.i64_type().const_zero();
        let root = context.metadata_node(&[context.metadata_string("fuse").into()]);
        let tag = |name: &str| {
            let node = context.metadata_node(&[
                context.metadata_string(name).into(),
                root.into(),
                zero.into(),
            ]);
            context.metadata_node(&[node.into(), node.into(), zero.into()])
        };
        AliasTags {
            kind: context.get_kind_id("tbaa"),
            count: tag("count"),
            aux: tag("aux"),
            length: tag("length"),
            entries: tag("entries"),
            byte: tag("byte"),
            int: tag("int"),
            float: tag("float"),
            pointer: tag("pointer"),
            context: tag("context"),
            stack_limit: tag("stack limit"),
        }
    }

    pub fn tag(&self, region: Region) -> Option<MetadataValue<'ctx>> {
        Some(match region {
            Region::Unknown => return None,
            Region::Count => self.count,
            Region::Aux => self.aux,
            Region::Length => self.length,
            Region::Entries => self.entries,
            Region::Data(Scalar::I8) => self.byte,
            Region::Data(Scalar::I64) => self.int,
            Region::Data(Scalar::F64) => self.float,
            Region::Data(Scalar::Pointer) => self.pointer,
            Region::Context => self.context,
            Region::StackLimit => self.stack_limit,
        })
    }
}
