//! Text constants and program-wide values: one block of memory whose addresses generated code holds as constants.

use std::alloc::{self, Layout};
use std::ptr;

use cranelift::codegen::entity::EntityRef;
use fuse_abi::object;
use fuse_ir::image::{Image, Target, image};
use fuse_ir::layout::Layouts;
use fuse_ir::mir::{GlobalId, ObjectId, Program, StrId};

use crate::CodegenError;

/// Alignment of counted objects.
const OBJECT_ALIGN: usize = 16;

/// Owns the block. Text constants and constant objects are immortal; globals start as zeros.
pub struct StaticData {
    base: *mut u8,
    layout: Layout,
    strings: Vec<usize>,
    objects: Vec<usize>,
    globals: Vec<usize>,
}

impl StaticData {
    pub fn new(program: &Program, layouts: &Layouts) -> Result<StaticData, CodegenError> {
        let mut size = OBJECT_ALIGN;
        let mut reserve = |bytes: usize| {
            let offset = size;
            size = (size + bytes).next_multiple_of(OBJECT_ALIGN);
            offset
        };
        let header = object::SEQUENCE_DATA as usize;
        let strings: Vec<usize> = program
            .strings
            .iter()
            .map(|s| reserve(header + s.len()))
            .collect();
        let images: Vec<Image> = (0..program.objects.len())
            .map(|at| image(program, layouts, ObjectId::new(at)))
            .collect();
        let objects: Vec<usize> = images.iter().map(|i| reserve(i.bytes.len())).collect();
        let globals: Vec<usize> = program
            .globals
            .values()
            .map(|g| reserve(layouts.of(g.ty).size as usize))
            .collect();
        let layout = Layout::from_size_align(size, OBJECT_ALIGN)
            .map_err(|e| CodegenError::Memory(e.to_string()))?;
        // SAFETY: the size is at least OBJECT_ALIGN, so not zero.
        let base = unsafe { alloc::alloc_zeroed(layout) };
        if base.is_null() {
            return Err(CodegenError::Memory("out of memory".to_owned()));
        }
        for (bytes, &offset) in program.strings.iter().zip(&strings) {
            let len = bytes.len() as u64;
            // SAFETY: `reserve` gave this object `SEQUENCE_DATA + len` bytes at `offset` of the block, 16-byte aligned; count stays 0.
            unsafe {
                let text = base.add(offset);
                text.add(object::AUX_OFFSET as usize)
                    .cast::<u32>()
                    .write(len as u32);
                text.add(object::LEN_OFFSET as usize)
                    .cast::<u64>()
                    .write(len);
                ptr::copy_nonoverlapping(bytes.as_ptr(), text.add(header), bytes.len());
            }
        }
        for (image, &offset) in images.iter().zip(&objects) {
            // SAFETY: `reserve` gave this object room for the bytes of its image at `offset` of the block.
            unsafe {
                let object = base.add(offset);
                ptr::copy_nonoverlapping(image.bytes.as_ptr(), object, image.bytes.len());
            }
            for &(at, target) in &image.addresses {
                let target = match target {
                    Target::Text(id) => strings[id.index()],
                    Target::Object(id) => objects[id.index()],
                };
                // SAFETY: addresses are inside the image, 8 bytes each; both offsets are inside the block.
                unsafe {
                    let slot = base.add(offset + at).cast::<*mut u8>();
                    slot.write_unaligned(base.add(target));
                }
            }
        }
        Ok(StaticData {
            base,
            layout,
            strings,
            objects,
            globals,
        })
    }

    pub fn string(&self, id: StrId) -> i64 {
        self.address(self.strings[id.index()])
    }

    pub fn object(&self, id: ObjectId) -> i64 {
        self.address(self.objects[id.index()])
    }

    pub fn global(&self, id: GlobalId) -> i64 {
        self.address(self.globals[id.index()])
    }

    fn address(&self, offset: usize) -> i64 {
        (self.base.addr() + offset) as i64
    }
}

impl Drop for StaticData {
    fn drop(&mut self) {
        // SAFETY: `base` came from `alloc_zeroed` with this layout and is freed once.
        unsafe { alloc::dealloc(self.base, self.layout) }
    }
}
