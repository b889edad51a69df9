from setuptools import Extension, setup

setup(
    name="dropped",
    ext_modules=[Extension("dropped_c", ["dropped_c.c"]), Extension("dropped_cc", ["dropped_cc.cc"], language="c++")],
)
