// Calls that are inlined at every optimization level, with a mark on each line that a
// frame of the call of sink must name.
extern "C" void sink(int);

// The first code of a unit must not be what is inlined: GCC describes an empty range at
// the unit's first address as (0, 0), which ends a list before DWARF 5.
extern "C" int first(int n) {
    return n + 1;
}

#define INLINE __attribute__((always_inline)) inline

namespace outer {
struct Guard {
    INLINE explicit Guard(int n) {
        sink(n); // MARK Guard
    }
};

template <typename T> INLINE void middle(T n) {
    Guard guard(n); // MARK middle
}
} // namespace outer

namespace {
INLINE void local(int n) {
    outer::middle<int>(n); // MARK local
}
} // namespace

extern "C" void entry(int n) {
    auto call = [n]() __attribute__((always_inline)) {
        local(n + 1); // MARK lambda
    };
    call(); // MARK entry
    asm volatile("");
}

// What a generator of C writes: the line of its own source.
extern "C" void generated(int n) {
#line 7 "/made/up/generated.pyx"
    sink(n);
    asm volatile("");
}
