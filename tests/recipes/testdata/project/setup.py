from setuptools import Extension, setup

setup(ext_modules=[Extension("samples", ["samples.c"])])
