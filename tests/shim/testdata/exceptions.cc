/* C++ frames: a destructor that runs while an exception passes, a handler, a virtual
 * call, a lambda in std::function, a thread. */
#include "check.h"
#include "gated.h"

#include <functional>
#include <stdexcept>
#include <thread>

static volatile int sink;

struct AtExit {
    __attribute__((noinline)) ~AtExit() {
        HERE();
        sink = sink + 1;
    }
};

struct Base {
    virtual ~Base() = default;
    virtual void run(int depth) = 0;
};

struct Deep final : Base {
    __attribute__((noinline)) void run(int depth) override {
        AtExit guard;
        if (depth == 0) {
            throw std::runtime_error("at the bottom");
        }
        Base *next = this;
        next->run(depth - 1);
    }
};

int main() {
    gated_open();
    int before = gated_comparisons;
    Deep deep;
    try {
        deep.run(4);
        CHECK(false, "nothing was thrown");
    } catch (const std::runtime_error &) {
        HERE();
    }
    CHECK(gated_comparisons - before == 6, "%d comparisons", gated_comparisons - before);

    std::function<void(int)> f = [&](int n) {
        if (n) {
            f(n - 1);
        } else {
            HERE();
        }
        sink = sink + n;
    };
    f(5);
    CHECK(gated_frames >= 8, "%u frames under std::function", gated_frames);

    std::thread([] {
        HERE();
        sink = sink + 1;
    }).join();
    CHECK(gated_comparisons - before == 8, "%d comparisons", gated_comparisons - before);
    std::printf("%d\n", gated_comparisons);
}
