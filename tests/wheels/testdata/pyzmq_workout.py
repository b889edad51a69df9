"""pyzmq: libzmq's own threads, blocking calls, and zero-copy frames freed by a foreign thread."""

import threading

import zmq

from workout import in_threads

ROUNDS = 300

context = zmq.Context()
server = context.socket(zmq.ROUTER)
server.bind("inproc://workout")


def serve():
    """Echo until the word to stop."""
    while True:
        *route, message = server.recv_multipart()
        if message == b"stop":
            return
        server.send_multipart([*route, message])


def work(number):
    client = context.socket(zmq.REQ)
    client.connect("inproc://workout")
    poller = zmq.Poller()
    poller.register(client, zmq.POLLIN)
    # Large enough to be sent without a copy: libzmq frees it in a thread that Python never saw.
    payload = bytes([number]) * 100_000
    for _ in range(ROUNDS):
        client.send(payload, copy=False)
        assert dict(poller.poll(30_000))[client] == zmq.POLLIN
        assert client.recv(copy=False).bytes == payload
    client.close()
    return number


def over_tcp():
    """I/O threads that free the frames of a message."""
    push, pull = context.socket(zmq.PUSH), context.socket(zmq.PULL)
    port = push.bind_to_random_port("tcp://127.0.0.1")
    pull.connect("tcp://127.0.0.1:%d" % port)
    trackers = [push.send(b"x" * 200_000, copy=False, track=True) for _ in range(20)]
    assert sum(len(pull.recv()) for _ in range(20)) == 4_000_000
    for tracker in trackers:
        tracker.wait(30)
    push.close()
    pull.close()


serving = threading.Thread(target=serve)
serving.start()
assert in_threads(work) == [0, 1, 2, 3]
over_tcp()
stop = context.socket(zmq.REQ)
stop.connect("inproc://workout")
stop.send(b"stop")
serving.join()
stop.close()
server.close()
context.term()
print("pyzmq ok")
