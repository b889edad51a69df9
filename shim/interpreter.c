#include "sys.h"

#include <sys/mman.h>

#include "check.h"
#include "interpreter.h"
#include "oracle.h"
#include "rules.h"

struct gw_interpreter gw_interpreter;
struct gw_function gw_functions[GW_GATES];
void *gw_gate_target[GW_GATES];

/* Exported by every CPython since 2.x and by nothing else; PyPy renames all it has to
 * PyPy*. Both must be there: an extension may define one name of the API. */
bool gw_interpreter_is(const struct gw_object *object) {
    return gw_object_symbol(object, "Py_GetVersion") &&
           gw_object_symbol(object, "PyEval_SaveThread");
}

/* "3.12.1 (main, ...) [GCC ...]": the minor version, or -1 for another major. */
static int parse_minor(const char *version) {
    if (!gw_has_prefix(version, "3.")) {
        return -1;
    }
    int minor = 0;
    for (const char *p = version + 2; *p >= '0' && *p <= '9' && minor < 1000; p++) {
        minor = minor * 10 + (*p - '0');
    }
    return minor;
}

static bool contains(const char *s, const char *part) {
    for (; *s; s++) {
        if (gw_has_prefix(s, part)) {
            return true;
        }
    }
    return false;
}

static uint16_t version_bit(int minor) {
    uint32_t last = gw_rules_last_minor - GW_RULE_FIRST_MINOR;
    uint32_t bit = (uint32_t)(minor - GW_RULE_FIRST_MINOR);
    return (uint16_t)(1u << (bit > last ? last : bit));
}

/* The row that holds for a name in this interpreter, or NULL. */
static const struct gw_rule *rule_of(const char *name, uint16_t version) {
    uint32_t hash = gw_symbol_hash(name), low = 0, high = gw_rules_len;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (gw_rules[middle].hash < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < gw_rules_len && gw_rules[low].hash == hash; low++) {
        const struct gw_rule *r = &gw_rules[low];
        if ((r->versions & version) && gw_equal(gw_rule_names + r->name, name)) {
            return r;
        }
    }
    return NULL;
}

static bool is_api(const char *name) {
    name += *name == '_';
    return name[0] == 'P' && name[1] == 'y';
}

/* The functions with a light gate have fixed numbers; 3.15's other names for the same
 * events take the slow way. */
static uint32_t light_gate(const char *name) {
    static const char names[GW_LIGHT_GATES][24] = {
        [GW_LIGHT_SAVE] = "PyEval_SaveThread",
        [GW_LIGHT_RELEASE] = "PyEval_ReleaseThread",
        [GW_LIGHT_RESTORE] = "PyEval_RestoreThread",
        [GW_LIGHT_ACQUIRE] = "PyEval_AcquireThread",
        [GW_LIGHT_ENSURE] = "PyGILState_Ensure",
        [GW_LIGHT_ENSURE_RELEASE] = "PyGILState_Release",
    };
    for (uint32_t i = 0; i < GW_LIGHT_GATES; i++) {
        if (gw_equal(names[i], name)) {
            return i;
        }
    }
    return GW_NO_GATE;
}

static void add_function(uint32_t symbol, const char *name, uint16_t version, uint32_t *next) {
    struct gw_interpreter *in = &gw_interpreter;
    struct gw_function f = {.name = name};
    const struct gw_rule *r = rule_of(name, version);
    if (r) {
        f.legal = r->gil_only && in->free_threaded ? GW_LEGAL_NEVER : r->legal;
        f.event = r->event;
        f.identity = r->identity;
        f.no_acquire = r->no_acquire;
        if (r->never || (f.legal == GW_LEGAL_ALWAYS && f.event == GW_EVENT_NONE)) {
            return;
        }
    }
    uint32_t gate = f.event ? light_gate(name) : GW_NO_GATE;
    if (gate == GW_NO_GATE) {
        if (*next == GW_FIRST_MACRO) {
            in->no_gate++;
            return;
        }
        gate = (*next)++;
    }
    gw_functions[gate] = f;
    gw_gate_target[gate] = (void *)(in->object.bias + in->object.symtab[symbol].st_value);
    in->gate_of[symbol] = (uint16_t)gate;
    in->functions++;
}

static void make_watch_list(void) {
    struct gw_interpreter *in = &gw_interpreter;
    uint32_t next = GW_LIGHT_GATES;
    uint16_t version = version_bit(in->minor);
    for (uint32_t i = 0; i < in->gate_of_n; i++) {
        const ElfW(Sym) *s = &in->object.symtab[i];
        const char *name = in->object.strtab + s->st_name;
        in->gate_of[i] = GW_NO_GATE;
        if (s->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(s->st_info) == STT_FUNC && is_api(name)) {
            add_function(i, name, version, &next);
        }
    }
}

bool gw_interpreter_open(const struct gw_object *object, bool late, const char **reason) {
    struct gw_interpreter *in = &gw_interpreter;
    in->object = *object;
    in->late = late;
    const char *(*version)(void) =
        (const char *(*)(void))gw_object_address(object, "Py_GetVersion");
    in->version = version();
    in->minor = parse_minor(in->version);
    in->free_threaded = contains(in->version, "free-threading");
    if (in->minor < GW_RULE_FIRST_MINOR) {
        *reason = "gilwatch knows python 3.8 and later";
        return false;
    }
    in->gilstate_this = (void *(*)(void))gw_object_address(object, "PyGILState_GetThisThreadState");
    in->is_initialized = (int (*)(void))gw_object_address(object, "Py_IsInitialized");
    in->is_finalizing = (int (*)(void))gw_object_address(object, "Py_IsFinalizing");
    if (!in->is_finalizing) { /* its name up to 3.12 */
        in->is_finalizing = (int (*)(void))gw_object_address(object, "_Py_IsFinalizing");
    }
    const ElfW(Sym) *end = gw_object_symbol(object, "Py_EndInterpreter");
    if (end) {
        in->end_interpreter = object->bias + end->st_value;
        in->end_interpreter_end = in->end_interpreter + end->st_size;
    }
    in->gate_of_n = gw_object_symbols(object);
    in->gate_of = gw_map(in->gate_of_n * sizeof *in->gate_of, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (!in->gilstate_this || !in->is_initialized || !in->gate_of) {
        *reason = "the interpreter does not export what the oracle needs";
        return false;
    }
    if (!gw_oracle_open(reason)) {
        return false;
    }
    make_watch_list();
    gw_check_begin();
    return true;
}

uint32_t gw_interpreter_gate(const char *name) {
    const struct gw_interpreter *in = &gw_interpreter;
    if (!in->gate_of) {
        return GW_NO_GATE;
    }
    const ElfW(Sym) *s = gw_object_symbol(&in->object, name);
    if (!s) {
        return GW_NO_GATE;
    }
    uint32_t i = (uint32_t)(s - in->object.symtab);
    return i < in->gate_of_n ? in->gate_of[i] : GW_NO_GATE;
}
