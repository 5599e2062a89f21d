"""Has the fork server's client of this Python say what that of 3.14 says.

It asks for authentication with a key that the server gets through a pipe, and
waits for the byte by which the server says that it has the descriptors.
Arguments: the Go program.
"""
import os
import socket
import sys
from multiprocessing import connection, forkserver, reduction, resource_tracker, util

import gochildren


class ForkServer(forkserver.ForkServer):
    key = None

    def ensure_running(self):
        with self._lock:
            resource_tracker.ensure_running()
            if self._forkserver_pid is not None:
                return
            with socket.socket(socket.AF_UNIX) as listener:
                address = connection.arbitrary_address('AF_UNIX')
                listener.bind(address)
                listener.listen()
                alive_r, alive_w = os.pipe()
                key_r, key_w = os.pipe()
                command = ('import sys; from multiprocessing.forkserver import main; main(%d, %d, %r, sys_argv=sys.argv[1:], **%r)'
                           % (listener.fileno(), alive_r, ['__main__'],
                              {'sys_path': sys.path, 'main_path': __file__, 'authkey_r': key_r}))
                program = sys.argv[1]
                self._forkserver_pid = util.spawnv_passfds(
                    program.encode(), [program, '-c', command, 'x'], [listener.fileno(), alive_r, key_r])
                for fd in alive_r, key_r:
                    os.close(fd)
                self.key = os.urandom(32)
                os.write(key_w, self.key)
                os.close(key_w)
                self._forkserver_address, self._forkserver_alive_fd = address, alive_w

    def connect_to_new_process(self, fds):
        self.ensure_running()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self._forkserver_address)
            with connection.Connection(os.dup(client.fileno())) as authenticated:
                connection.answer_challenge(authenticated, self.key)
                connection.deliver_challenge(authenticated, self.key)
            parent_r, child_w = os.pipe()
            child_r, parent_w = os.pipe()
            reduction.sendfds(client, [child_r, child_w, self._forkserver_alive_fd, resource_tracker.getfd()] + fds)
            assert client.recv(1) == b'A'
            os.close(child_r)
            os.close(child_w)
            return parent_r, parent_w


if __name__ == '__main__':
    server = ForkServer()
    forkserver.connect_to_new_process = server.connect_to_new_process
    sys.argv.append('forkserver')
    gochildren.main()
    # Who does not have the key gets no child.
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(server._forkserver_address)
        c = connection.Connection(os.dup(stranger.fileno()))
        try:
            connection.answer_challenge(c, b'guess')
        except connection.AuthenticationError:
            print('done')
