//! Where memory comes from. Blocks of powers of two: one that was freed waits in the list of its size for the next of that
//! size, so what is allocated again and again takes no more. A general allocator costs four times the bytes.

#![allow(unsafe_code)] // an allocator is made of it

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size, unreachable};
use core::cell::Cell;
use core::ptr::null_mut;

const PAGE: usize = 65_536;

/// All sizes are multiples of it, so all blocks are aligned to it, which is the most that anything here asks for.
const SMALLEST: usize = 16;

pub(super) struct Blocks {
    /// What lies between this and the end of the memory was never handed out.
    unused: Cell<usize>,
    /// The first freed block of each size, by its binary logarithm. A freed block begins with the address of the next.
    freed: [Cell<*mut u8>; 32],
}

// SAFETY: this wasm has one thread.
unsafe impl Sync for Blocks {}

impl Blocks {
    pub(super) const fn new() -> Self {
        Self { unused: Cell::new(0), freed: [const { Cell::new(null_mut()) }; 32] }
    }

    fn list(&self, layout: Layout) -> (usize, &Cell<*mut u8>) {
        let logarithm = usize::BITS - (layout.size().max(SMALLEST) - 1).leading_zeros();
        // It is below 32: no layout is over 2^31.
        #[allow(clippy::indexing_slicing)]
        (1 << logarithm, &self.freed[(logarithm & 31) as usize])
    }

    /// A block that was never handed out. If the memory cannot grow, this is the end: whoever asked can do nothing either.
    fn take(&self, size: usize) -> *mut u8 {
        let end = memory_size::<0>() * PAGE;
        // The first block begins where the compiler's memory ends.
        let at = if self.unused.get() == 0 { end } else { self.unused.get() };
        let next = at + size;
        if next > end && memory_grow::<0>((next - end).div_ceil(PAGE)) == usize::MAX {
            unreachable();
        }
        self.unused.set(next);
        at as *mut u8
    }
}

// SAFETY: every block is as large as asked for, aligned to 16, and in one hand at a time.
unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, list) = self.list(layout);
        let block = list.get();
        if block.is_null() {
            return self.take(size);
        }
        list.set(*block.cast());
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let (_, list) = self.list(layout);
        *block.cast() = list.get();
        list.set(block);
    }
}
