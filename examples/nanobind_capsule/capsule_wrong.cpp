// The bug: the call guard releases the GIL around the whole function, and the function makes
// Python objects. The shape of wjakob/nanobind#656.
#include <memory>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include "decimate.h"

namespace nb = nanobind;

using Samples = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Result = nb::ndarray<double, nb::memview, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

static Result decimate_samples(Samples samples, std::size_t factor) {
    const std::size_t count = blocks(samples.shape(0), factor);
    auto values = std::make_unique<double[]>(count);
    decimate(samples.data(), samples.shape(0), factor, values.get());

    nb::capsule owner(values.get(), [](void *p) noexcept { delete[] static_cast<double *>(p); });
    return Result(values.release(), {count}, owner);
}

NB_MODULE(capsule_wrong, m) {
    m.def("decimate", decimate_samples, nb::call_guard<nb::gil_scoped_release>());
}
