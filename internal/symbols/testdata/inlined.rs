// Inlined calls in Rust, with a mark on each line that a frame must name.
extern "C" {
    fn sink(n: i32);
}

pub struct Guard(i32);

impl Guard {
    #[inline(always)]
    fn new(n: i32) -> Guard {
        unsafe { sink(n) }; // MARK new
        Guard(n)
    }
}

#[inline(always)]
fn middle<T: Into<i32>>(n: T) -> i32 {
    Guard::new(n.into()).0 // MARK middle
}

#[no_mangle]
pub extern "C" fn entry(n: i32) -> i32 {
    middle(n) + 1 // MARK entry
}
