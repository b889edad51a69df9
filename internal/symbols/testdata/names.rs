// Names for the resolver: a generic function and a method of a trait.
pub trait Area {
    fn area(&self) -> i32;
}

pub struct Square(i32);

impl Area for Square {
    #[inline(never)]
    fn area(&self) -> i32 {
        std::hint::black_box(self.0 * self.0)
    }
}

#[inline(never)]
fn total<T: Area>(shapes: &[T]) -> i32 {
    shapes.iter().map(|s| s.area()).sum()
}

#[unsafe(no_mangle)]
pub extern "C" fn entry(x: i32) -> i32 {
    total(&[Square(x), Square(x + 1)])
}
