/* Looks names up in a library and compares with dlsym(). One line of the input is one
 * name: "+name" is defined in the library, "-name" is not. */
#include "check.h"

#include <dlfcn.h>
#include <string.h>

#include "object.h"

static struct gw_object object;

static int find(struct dl_phdr_info *info, size_t size, void *path) {
    return strcmp(info->dlpi_name, path) == 0 && gw_object_read(&object, info);
}

int main(int argc, char **argv) {
    CHECK(argc == 4, "usage: symbols LIBRARY STYLE SYMBOLS <names");
    void *handle = dlopen(argv[1], RTLD_NOW);
    CHECK(handle && dl_iterate_phdr(find, argv[1]), "%s", argv[1]);
    CHECK(!!object.gnu_hash == (strcmp(argv[2], "sysv") != 0), "DT_GNU_HASH, style %s", argv[2]);
    CHECK(!!object.sysv_hash == (strcmp(argv[2], "gnu") != 0), "DT_HASH, style %s", argv[2]);
    CHECK(gw_object_symbols(&object) == strtoul(argv[3], NULL, 10), "%u symbols, want %s",
          gw_object_symbols(&object), argv[3]);

    char line[256];
    int defined = 0, others = 0;
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        void *want = line[0] == '+' ? dlsym(handle, line + 1) : NULL;
        CHECK((line[0] == '+') == (want != NULL), "%s, to dlsym", line);
        CHECK(gw_object_address(&object, line + 1) == want, "%s is %p, want %p", line,
              gw_object_address(&object, line + 1), want);
        *(want ? &defined : &others) += 1;
    }
    printf("%d %d\n", defined, others);
    return 0;
}
