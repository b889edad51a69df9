"""gevent: greenlets that switch C stacks, a hub in each thread, and gevent's own thread pool."""

import gevent
import gevent.event
import gevent.pool
import gevent.server
import gevent.socket
import gevent.threadpool

from workout import in_threads


def echo(connection, address):
    with connection:
        connection.sendall(connection.recv(1000))


def exchange(number):
    server = gevent.server.StreamServer(("127.0.0.1", 0), echo)
    server.start()

    def ask(turn):
        line = b"%d %d" % (number, turn)
        with gevent.socket.create_connection(("127.0.0.1", server.server_port)) as client:
            client.sendall(line)
            return client.recv(1000) == line

    assert all(gevent.pool.Pool(5).map(ask, range(20)))
    server.stop()

    ready = gevent.event.Event()
    waiting = gevent.spawn(ready.wait, 30)
    gevent.spawn_later(0, ready.set)
    assert waiting.get()

    pool = gevent.threadpool.ThreadPool(3)
    assert pool.map(lambda n: n * n, range(30)) == [n * n for n in range(30)]
    pool.join()

    failing = gevent.spawn(lambda: None)
    failing.kill()
    gevent.joinall([failing])
    gevent.get_hub().destroy()
    return number


assert in_threads(exchange) == [0, 1, 2, 3]
print("gevent ok")
