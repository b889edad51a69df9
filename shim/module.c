#include "sys.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "interpreter.h"
#include "journal_file.h"
#include "module.h"

/* Blocks of modules, mapped when they are needed and never moved. */
#define BLOCK 128
static struct gw_module *blocks[GW_MODULES_MAX / BLOCK];
static uint32_t len;

static void *pages(size_t size) {
    return gw_map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

uint32_t gw_modules_len(void) {
    return __atomic_load_n(&len, __ATOMIC_ACQUIRE);
}

struct gw_module *gw_module_at(uint32_t i) {
    return &blocks[i / BLOCK][i % BLOCK];
}

const struct gw_module *gw_module_of(uintptr_t address) {
    for (uint32_t i = gw_modules_len(); i-- > 0;) {
        const struct gw_module *m = gw_module_at(i);
        if (address >= m->start && address < m->end) {
            return m;
        }
    }
    return NULL;
}

/* Paths are kept as long as the process lives: one for each file, however often it is
 * loaded. The dynamic loader's own text goes with the object. */
static const char *keep_path(const char *path) {
    static char *block;
    static size_t left;
    size_t size = gw_length(path) + 1;
    if (size > left) {
        size_t room = size > 65536 ? size : 65536;
        char *more = pages(room);
        if (!more) {
            return "";
        }
        block = more;
        left = room;
    }
    char *kept = block;
    gw_copy(kept, path, size);
    block += size;
    left -= size;
    return kept;
}

static uint32_t id_size(const struct gw_object *object) {
    size_t n = object->build_id_size;
    return n > GW_BUILD_ID_MAX ? GW_BUILD_ID_MAX : (uint32_t)n;
}

/* The file that an object was mapped from, right after: its name may lead to another one by
 * the time of the report, or of a fork. */
static struct gw_file file_of(const char *path) {
    struct stat s;
    if (GW_SYS(newfstatat, AT_FDCWD, *path ? path : "/proc/self/exe", &s, 0) < 0) {
        return (struct gw_file){.inode = GW_FILE_UNKNOWN};
    }
    return (struct gw_file){
        .device = s.st_dev,
        .inode = s.st_ino,
        .written = s.st_mtim.tv_sec * 1000000000l + s.st_mtim.tv_nsec,
    };
}

bool gw_module_is(const struct gw_module *module, const struct gw_object *object) {
    if (module->object.bias != object->bias || module->object.phdr != object->phdr ||
        module->end != object->end || module->build_id_size != id_size(object)) {
        return false;
    }
    for (uint32_t i = 0; i < module->build_id_size; i++) {
        if (module->build_id[i] != object->build_id[i]) {
            return false;
        }
    }
    return true;
}

/* An entry to fill: one of an object that is gone, else a new one. */
static struct gw_module *free_entry(void) {
    for (uint32_t i = 0; i < len; i++) {
        if (!gw_module_at(i)->start) {
            return gw_module_at(i);
        }
    }
    struct gw_module **block = &blocks[len / BLOCK];
    if (len == GW_MODULES_MAX || (!*block && !(*block = pages(BLOCK * sizeof **block)))) {
        return NULL;
    }
    return gw_module_at(len);
}

struct gw_module *gw_module_add(const struct gw_object *object) {
    struct gw_module *m = free_entry();
    if (!m) {
        return NULL;
    }
    const char *path =
        m->path && gw_equal(m->path, object->name) ? m->path : keep_path(object->name);
    gw_clear(m, sizeof *m);
    m->object = *object;
    m->path = path;
    m->object.name = path;
    m->build_id_size = id_size(object);
    gw_copy(m->build_id, object->build_id, m->build_id_size);
    if (!m->build_id_size) {
        m->file = file_of(object->name);
    }
    m->end = object->end;
    __atomic_store_n(&m->start, object->start, __ATOMIC_RELEASE);
    if (m == gw_module_at(len)) {
        __atomic_store_n(&len, len + 1, __ATOMIC_RELEASE);
    }
    return m;
}

bool gw_module_add_slot(struct gw_module *module, void **at, uint32_t gate) {
    if (module->slots_n == module->slots_room) {
        uint32_t room = module->slots_room ? module->slots_room * 4 : 256;
        struct gw_slot *slots = pages(room * sizeof *slots);
        if (!slots) {
            return false;
        }
        if (module->slots) {
            gw_copy(slots, module->slots, module->slots_n * sizeof *slots);
            GW_SYS(munmap, module->slots, module->slots_room * sizeof *slots, 0, 0);
        }
        module->slots = slots;
        module->slots_room = room;
    }
    module->slots[module->slots_n++] = (struct gw_slot){at, gate};
    return true;
}

void gw_module_unload(struct gw_module *module) {
    module->start = module->end = 0;
    if (module->slots) {
        GW_SYS(munmap, module->slots, module->slots_room * sizeof *module->slots, 0, 0);
    }
    module->slots = NULL;
    module->slots_n = module->slots_room = 0;
    struct gw_unload_entry *e = module->entry ? gw_journal_claim(sizeof *e) : NULL;
    if (e) {
        e->module = module->entry;
        gw_journal_commit(e, GW_ENTRY_UNLOAD);
    }
}

void gw_module_journal(struct gw_module *module) {
    const char *path = module->path;
    char exe[1024];
    if (!*path) { /* the executable, which the dynamic loader leaves without a name */
        gw_put(exe, sizeof exe, gw_journal ? gw_journal->exe : "");
        path = exe;
    }
    size_t path_size = gw_length(path) + 1;
    struct gw_module_entry *e = gw_journal_claim(sizeof *e + path_size);
    if (!e) {
        return;
    }
    e->bias = module->object.bias;
    e->start = module->start;
    e->end = module->end;
    e->slots = module->api_slots;
    e->interpreter = module->object.phdr == gw_interpreter.object.phdr;
    e->build_id_size = module->build_id_size;
    gw_copy(e->build_id, module->build_id, module->build_id_size);
    e->file = module->file;
    e->path_size = (uint32_t)path_size;
    gw_copy(e + 1, path, path_size);
    gw_journal_commit(e, GW_ENTRY_MODULE);
    module->entry = gw_journal_offset(e);
}
