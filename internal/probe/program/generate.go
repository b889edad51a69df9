package program

//go:generate sh -c "go tool bpf2go -go-package program -target amd64 -cc clang-14 -strip llvm-strip-14 -no-global-types -type record -type fork_record -type exit_record -type birth_record -type violation_record -type process -type site -type occurrences -type variant -type places -type py_frame -type py_code -type registers -type release gilwatch bpf/gilwatch.bpf.c -- -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter -Wno-unused-function -I/usr/include/x86_64-linux-gnu"
//go:generate go test -run TestObjectIsFresh -update .
