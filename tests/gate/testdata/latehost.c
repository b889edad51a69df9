/* A program that finds libpython at run time: latehost LIBPYTHON global|local wrong|right */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *look(void *scope, const char *name) {
    void *found = dlsym(scope, name);
    if (!found) {
        fprintf(stderr, "%s: %s\n", name, dlerror());
        exit(3);
    }
    return found;
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    int global = strcmp(argv[2], "global") == 0;
    void *library = dlopen(argv[1], RTLD_NOW | (global ? RTLD_GLOBAL : RTLD_LOCAL));
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 3;
    }
    void *scope = global ? RTLD_DEFAULT : library;
    void (*initialize)(int) = (void (*)(int))look(scope, "Py_InitializeEx");
    int (*finalize)(void) = (int (*)(void))look(scope, "Py_FinalizeEx");
    void *(*save)(void) = (void *(*)(void))look(scope, "PyEval_SaveThread");
    void (*restore)(void *) = (void (*)(void *))look(scope, "PyEval_RestoreThread");
    int (*is_true)(void *) = (int (*)(void *))look(scope, "PyObject_IsTrue");
    void *truth = look(scope, "_Py_TrueStruct");

    initialize(0);
    int answer = is_true(truth);
    void *saved = save();
    if (strcmp(argv[3], "wrong") == 0)
        answer += is_true(truth);
    restore(saved);
    answer += is_true(truth);
    int failed = finalize();
    printf("%d %d\n", answer, failed);
    return 0;
}
