// Names for the resolver: a template, an anonymous namespace, a lambda.
#include <string>
#include <vector>

namespace {
__attribute__((noinline)) int hidden(int x) {
    return x * 3;
}
} // namespace

namespace shapes {
template <typename T> __attribute__((noinline)) T area(const std::vector<T> &sides, T scale) {
    T sum = 0;
    for (T side : sides)
        sum += side * scale;
    return sum;
}
template float area<float>(const std::vector<float> &, float);
template std::string::size_type
area<std::string::size_type>(const std::vector<std::string::size_type> &, std::string::size_type);
} // namespace shapes

extern "C" int entry(int x) {
    auto lambda = [](int y) __attribute__((noinline)) {
        return y * 7;
    };
    return hidden(x) + lambda(x);
}

// A name as rustc's v0 mangling writes it.
extern "C" __attribute__((noinline)) int _RNvNtCs1234_7mycrate5inner3foo(int x) {
    return x * 11;
}
extern "C" int uses_rust(int x) {
    return _RNvNtCs1234_7mycrate5inner3foo(x) + 1;
}
