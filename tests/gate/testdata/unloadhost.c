/* A host that loads libpython, asks its version, and unloads it, three times over:
 * unloadhost LIBPYTHON */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    for (int i = 0; i < 3; i++) {
        void *python = dlopen(argv[1], RTLD_NOW);
        if (!python) {
            fprintf(stderr, "%s\n", dlerror());
            return 3;
        }
        const char *(*version)(void) = (const char *(*)(void))dlsym(python, "Py_GetVersion");
        printf("%.6s\n", version());
        dlsym(python, "Py_Initialize");
        dlclose(python);
        void *left = dlopen(argv[1], RTLD_NOLOAD | RTLD_NOW);
        printf("still loaded: %d\n", left != NULL);
        if (left)
            dlclose(left);
        dlsym(RTLD_DEFAULT, "malloc");
    }
    return 0;
}
