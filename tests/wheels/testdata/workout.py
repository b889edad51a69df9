"""What every workout shares: the same work in several threads at once."""

import threading

THREADS = 4


def in_threads(work, threads=THREADS):
    """Run work(0), work(1), ... each in a thread of its own, and return their results in order.

    The threads start together, so that the GIL goes from hand to hand. What one raises is raised
    here.
    """
    results = [None] * threads
    errors = []
    together = threading.Barrier(threads)

    def run(number):
        try:
            together.wait()
            results[number] = work(number)
        except BaseException as error:  # handed to the caller below
            errors.append(error)

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if errors:
        raise errors[0]
    return results
