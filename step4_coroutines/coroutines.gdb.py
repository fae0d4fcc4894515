# Two gdb commands for step 4: who waits for whom, which no backtrace shows.
#
#   gdb -x step4_coroutines/coroutines.gdb.py build-debug/bin/step4_coroutines
#   (gdb) coroutines     each chain of suspended coroutines, from its wait on
#   (gdb) coroutine-bt   the stack, and who is suspended for what runs on it
#
# A frame begins with two pointers: to the function that resumes the coroutine,
# and to the one that destroys it. Then comes the promise. The first pointer
# says which function it is, and its debug information says what is where.
import re

import gdb

def pointer_at(address):
    pointers = gdb.lookup_type("void").pointer().pointer()
    return int(gdb.Value(int(address)).cast(pointers).dereference())

# The function that has the instruction at `pc`, and its variables.
def function_at(pc):
    block = gdb.block_for_pc(pc)
    while block.function is None:
        block = block.superblock
    return block.function, {symbol.name: symbol for symbol in block}

def short(name):
    return re.sub(r"^\(anonymous namespace\)::|(?<=\w)\(.*", "", str(name))

# The coroutine of a frame, in words, and the frame of its parent (or 0).
def coroutine_at(address):
    function, variables = function_at(pointer_at(address))
    gcc = "frame_ptr" in variables  # a parameter; clang makes up a variable
    layout = (variables["frame_ptr"].type.target() if gcc
              else variables["__coro_frame"].type)
    frame = gdb.Value(address).cast(layout.pointer()).dereference()
    # Where it is suspended: both compilers number the places where it can be,
    # as they come in the source. The first of all is before the body.
    number = (int(frame["_Coro_resume_index"]) // 2 - 1 if gcc
              else int(frame["__coro_index"]))
    path, line = function.symtab.fullname(), function.line - 1
    for text in open(path).readlines()[line:]:
        line += 1
        number -= len(re.findall(r"\bco_(await|yield)\b", text.split("//")[0]))
        if number <= 0:
            break
    words = f"{short(function.name)} ({path.split('/')[-1]}:{line}"
    if words.startswith("fetch "):
        job = frame["job"].referenced_value()
        url = job["url"].referenced_value()["text_"]["_M_dataplus"]["_M_p"]
        words += f", job {job['number']}: /{url.string().split('/', 3)[-1]}"
    promise = frame["_Coro_promise" if gcc else "__promise"]
    parent = pointer_at(promise["parent"].address)
    resume = gdb.execute(f"info symbol {pointer_at(parent)}", False, True)
    return words + ")", 0 if "noop" in resume else parent

# The coroutine of a frame, its parent, and so on, as far as they can be read.
def chain(frame):
    while frame:
        try:
            words, parent = coroutine_at(frame)
        except (gdb.error, AttributeError, KeyError, OSError, RuntimeError):
            words, parent = f"unknown frame {int(frame):#x}", 0
        yield words
        frame = parent

def stack():
    frame = gdb.newest_frame()
    while frame:
        yield frame
        frame = None if frame.name() == "fetch_all" else frame.older()

def coroutines():
    gdb.execute("thread 1", False, True)  # the one that fetches
    loop = [frame for frame in stack()][-1].read_var("loop")  # of fetch_all
    slots = loop["selector_"]["slots_"]["_M_impl"]
    for fd in range(int(slots["_M_finish"] - slots["_M_start"])):
        slot = slots["_M_start"][fd]
        if slot["token"] not in (0, loop.address):  # its own is for Ctrl-C
            wait = slot["token"].cast(gdb.lookup_type("Wait").pointer())
            interest = str(slot["interest"]).split("::k")[-1].lower()
            waiter = pointer_at(wait["waiter_"].address)
            print(" <- ".join([f"fd {fd} {interest}", *chain(waiter)]))

def coroutine_bt():
    suspended = 0
    for frame in stack():
        place = frame.find_sal()
        if place.symtab and not str(frame.name()).startswith("std::"):
            name, path = short(frame.name()), place.symtab.filename
            print(f"{name} ({path.split('/')[-1]}:{place.line})")
        names = function_at(frame.pc())[1] if frame.function() else {}
        if not suspended and "frame_ptr" in names:
            suspended = coroutine_at(frame.read_var("frame_ptr"))[1]
        elif not suspended and "__coro_frame" in names:
            suspended = coroutine_at(frame.read_var("__coro_frame").address)[1]
    for words in chain(suspended):
        print(f"suspended: {words}")

for name in "coroutines", "coroutine-bt":
    gdb.execute(f"define {name}\npython {name.replace('-', '_')}()\nend")
