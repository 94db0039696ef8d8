const LIMIT: u32 = 42;
static NAMES: [&str; 3] = ["a", "b", "c"];

#[repr(align(16))]
pub struct Square(u32, u32);

enum Level {
    Low = 5,
    High = 10,
}

impl<T> Shape<T> for Square where T: Copy {
    fn area(&self) -> u32 {
        if self.0 > 10 && self.1 > LIMIT {
            return self.0 * 3;
        }
        self.0
    }
}

pub fn classify(kind: u32) -> &'static str {
    let check = || kind == 0;
    match kind {
        1 => "one",
        25 if check() || kind > 7 => "many",
        _ => "other",
    }
}
