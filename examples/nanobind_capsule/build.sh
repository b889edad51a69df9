#!/bin/sh
# Builds capsule_wrong and capsule_right into a virtual environment of their own.
#
# usage: build.sh VENV [PYTHON]
#
# VENV is made if it is not there; PYTHON defaults to python3. What is up to date stays as it is.
set -eu

usage="usage: build.sh VENV [PYTHON]"
venv=${1:?$usage}
python=${2:-python3}
cxx=${CXX:-c++}
here=$(cd "$(dirname "$0")" && pwd)

# missing TOOL COMMAND: names what is not there and the command that installs it.
missing() {
    echo "build.sh: error: $1 not found" >&2
    echo "build.sh: hint: $2" >&2
    exit 1
}

# config NAME: a variable of the interpreter's sysconfig.
config() {
    "$venv/bin/python" -c 'import sysconfig, sys; print(sysconfig.get_config_var(sys.argv[1]))' "$1"
}

command -v "$python" >/dev/null || missing "$python" "sudo apt-get install python3"
command -v "$cxx" >/dev/null || missing "a C++ compiler ($cxx)" "sudo apt-get install g++"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    missing "the venv module of $python" "sudo apt-get install python3-venv"
include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
[ -e "$include/Python.h" ] || missing "$include/Python.h" "sudo apt-get install python3-dev"

build=$venv/build
interpreter=$("$python" -c 'import sys; print(sys.executable, sys.version)')
if [ "$interpreter" != "$(cat "$build/interpreter" 2>/dev/null)" ]; then
    "$python" -m venv --clear "$venv"
    mkdir -p "$build"
    echo "$interpreter" >"$build/interpreter"
fi
if ! cmp -s "$here/requirements.txt" "$build/requirements.txt"; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        --only-binary :all: -r "$here/requirements.txt"
    rm -f "$build"/*.o
    cp "$here/requirements.txt" "$build/requirements.txt"
fi

nanobind=$("$venv/bin/python" -c 'import nanobind; print(nanobind.include_dir())')/..
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["platlib"])')
suffix=$(config EXT_SUFFIX)

# compile SOURCE OBJECT: a release build with debug information, unless CXXFLAGS says more.
compile() {
    # shellcheck disable=SC2086 # a list
    "$cxx" -std=c++17 -O2 -g -DNDEBUG -fPIC -fvisibility=hidden -fno-strict-aliasing ${CXXFLAGS-} \
        -I "$include" -I "$nanobind/include" -I "$nanobind/ext/robin_map/include" -c "$1" -o "$2.new"
    mv "$2.new" "$2"
}

[ -e "$build/nanobind.o" ] || compile "$nanobind/src/nb_combined.cpp" "$build/nanobind.o"
for name in capsule_wrong capsule_right; do
    target=$site/$name$suffix
    if [ -z "$(find "$target" -newer "$here/$name.cpp" -newer "$here/decimate.h" \
        -newer "$build/nanobind.o" 2>/dev/null)" ]; then
        compile "$here/$name.cpp" "$build/$name.o"
        "$cxx" -shared "$build/$name.o" "$build/nanobind.o" -o "$target.new"
        mv "$target.new" "$target"
    fi
done
