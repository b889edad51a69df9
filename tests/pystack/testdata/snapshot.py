import _thread, os, sys

def innermost(thread):
    os.write(1, (str(thread) + "\n").encode()), os.read(0, 1)

class Café:
    def method(self, thread):
        return sorted([thread], key=innermost)

def generator(thread):
    try:
        raise KeyError(
            "handled")
    except KeyError:
        yield from (Café().method(t) for t in [thread])

async def жук(thread):
    return list(
        generator(
            thread
        )
    )

def recurse(depth, thread):
    if depth:
        recurse(depth - 1, thread)
    else:
        жук(thread).send(None)

recurse(5, _thread.get_ident())
