/* Opens a library, calls one of its functions and closes it, three times over. The loader puts
 * it at the same address each time, with slots that are unbound again: reopen LIBRARY FUNCTION */
#include "fixture.h"

#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    Py_Initialize();
    for (int i = 0; i < 3; i++) {
        void *library = dlopen(argv[1], RTLD_LAZY);
        int (*function)(void) = library ? (int (*)(void))dlsym(library, argv[2]) : NULL;
        if (!function) {
            fprintf(stderr, "%s\n", dlerror());
            return 3;
        }
        printf("%d\n", function());
        dlclose(library);
    }
    Py_Finalize();
    return 0;
}
